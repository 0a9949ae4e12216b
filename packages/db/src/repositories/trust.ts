import type { Scope, TenantClient } from "../tenancy.ts";

/** What an environment's trust is, as its key server has shown and proved it. */
export interface EnvironmentTrust {
  readonly tid: string | null;
  readonly name: string;
  /** The chain so far, each link as it travels, genesis first. */
  readonly links: readonly unknown[];
}

/**
 * Reads what an environment's uploads are judged by, and keeps every other upload to it waiting until this transaction
 * ends; null for an environment that is not there.
 */
export async function lockTrust(tx: TenantClient, scope: Scope): Promise<EnvironmentTrust | null> {
  const { tenantId, environmentId } = scope;
  const [row] = await tx.$queryRaw<{ tid: string | null; name: string }[]>`
    SELECT tid, name FROM app.environment WHERE tenant_id = ${tenantId}::uuid AND id = ${environmentId}::uuid FOR UPDATE`;
  if (row === undefined) return null;
  const links = await tx.rosterLink.findMany({ where: { tenantId, environmentId }, orderBy: { seq: "asc" } });
  return { ...row, links: links.map(({ link }) => link) };
}

/**
 * The newest roster link; null before the first. Its content is left out where its hash is the one that the caller knows.
 */
export async function findNewestRoster(
  tx: TenantClient,
  { tenantId, environmentId }: Scope,
  knownHash: string | undefined,
): Promise<{ readonly hash: string; readonly link?: unknown } | null> {
  const environment = await tx.environment.findUnique({
    where: { tenantId_id: { tenantId, id: environmentId } },
    select: { rosterHash: true },
  });
  if (environment === null || environment.rosterHash === null) return null;
  const { rosterHash: hash } = environment;
  if (hash === knownHash) return { hash };
  const row = await tx.rosterLink.findFirst({ where: { tenantId, environmentId }, orderBy: { seq: "desc" } });
  return row === null ? null : { hash: row.hash, link: row.link };
}

/** Adds verified links and names the environment's trust root by them. */
export async function addRosterLinks(
  tx: TenantClient,
  scope: Scope,
  verified: { readonly tid: string; readonly links: readonly { seq: number; hash: string; link: object }[] },
): Promise<void> {
  const { tenantId, environmentId } = scope;
  const head = verified.links.at(-1);
  if (head === undefined) return;
  await tx.rosterLink.createMany({ data: verified.links.map((link) => ({ ...scope, ...link })), skipDuplicates: true });
  await tx.environment.update({
    where: { tenantId_id: { tenantId, id: environmentId } },
    data: { tid: verified.tid, rosterSeq: head.seq, rosterHash: head.hash },
  });
}
