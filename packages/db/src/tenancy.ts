import { DbError } from "./errors.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";

declare const scoped: unique symbol;

type Models = "tenant" | "membership" | "environment" | "agent" | "agentRequest" | "alarm" | "annotation";
type Records =
  | "command"
  | "carriedApproval"
  | "key"
  | "keyVersion"
  | "keyUse"
  | "client"
  | "report"
  | "reportFile"
  | "reportPart";
type Notices = "noticeChannel" | "notice" | "noticeDelivery";
type Log = "rosterLink" | "rosterProposal" | "introduction" | "logEntry" | "logNode" | "checkpoint" | "witnessHead";

/** A database client inside one tenant's transaction: the only kind that reaches tables of schema `app`. */
export type TenantClient = Pick<
  Prisma.TransactionClient,
  Models | Records | Notices | Log | "$executeRaw" | "$queryRaw"
> & {
  readonly [scoped]: true;
};

/** One environment of one tenant: what nearly every query is about. */
export interface Scope {
  readonly tenantId: string;
  readonly environmentId: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Runs `work` in one transaction that sees and writes rows of one tenant only.
 *
 * The tenant is set for the transaction and is gone with it, so a pooled connection carries nothing to its next user.
 * Row-level security is the net below; queries name their tenant all the same.
 *
 * @throws {@link DbError} `DB_TENANT` for an id that is no UUID
 */
export function withTenant<T>(
  client: PrismaClient,
  tenantId: string,
  work: (tx: TenantClient) => Promise<T>,
): Promise<T> {
  assertUuid(tenantId);
  return client.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
    return work(tx as unknown as TenantClient);
  });
}

/** One row of {@link membershipsOf}. */
export interface OwnMembership {
  readonly tenantId: string;
  readonly role: string;
}

/** Which tenants an account belongs to: the one question that is asked before a tenant is known. */
export function membershipsOf(client: PrismaClient, accountId: string): Promise<OwnMembership[]> {
  assertUuid(accountId);
  return client.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('app.account_id', ${accountId}, true)`;
    return tx.membership.findMany({
      where: { accountId },
      select: { tenantId: true, role: true },
      orderBy: { createdAt: "asc" },
    });
  });
}

function assertUuid(id: string): void {
  if (UUID.test(id)) return;
  throw new DbError("DB_TENANT", "That is not the id of a tenant or account.", "Take the id from the address.");
}
