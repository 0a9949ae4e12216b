import type { Scope, TenantClient } from "../tenancy.ts";
import { uuidV7 } from "../uuid-v7.ts";

/** What a member is to an organisation. */
export const ROLES = ["owner", "administrator", "custodian", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** Makes an organisation with its first member and its first environment. The transaction is that tenant's own. */
export async function createTenant(
  tx: TenantClient,
  tenantId: string,
  first: { readonly name: string; readonly accountId: string; readonly environmentName: string },
): Promise<Scope> {
  await tx.tenant.create({ data: { id: tenantId, name: first.name } });
  await tx.membership.create({ data: { tenantId, accountId: first.accountId, role: "owner" } });
  return createEnvironment(tx, tenantId, first.environmentName);
}

/** The organisation's name; null when it is not this transaction's. */
export async function findTenantName(tx: TenantClient, tenantId: string): Promise<string | null> {
  return (await tx.tenant.findUnique({ where: { id: tenantId }, select: { name: true } }))?.name ?? null;
}

/** Everybody who belongs to the organisation. */
export function listMembers(tx: TenantClient, tenantId: string) {
  return tx.membership.findMany({ where: { tenantId }, orderBy: { createdAt: "asc" } });
}

export async function createEnvironment(tx: TenantClient, tenantId: string, name: string): Promise<Scope> {
  const environmentId = uuidV7();
  await tx.environment.create({ data: { tenantId, id: environmentId, name } });
  return { tenantId, environmentId };
}

export function listEnvironments(tx: TenantClient, tenantId: string) {
  return tx.environment.findMany({ where: { tenantId }, orderBy: { createdAt: "asc" } });
}

export function findEnvironment(tx: TenantClient, { tenantId, environmentId }: Scope) {
  return tx.environment.findUnique({ where: { tenantId_id: { tenantId, id: environmentId } } });
}

/** Whether an environment of that name is there. */
export async function hasEnvironmentNamed(tx: TenantClient, tenantId: string, name: string): Promise<boolean> {
  return (await tx.environment.count({ where: { tenantId, name } })) > 0;
}

/** The chain of administrators and rules, genesis first, each link as it travels. */
export async function rosterChainOf(tx: TenantClient, { tenantId, environmentId }: Scope): Promise<unknown[]> {
  const rows = await tx.rosterLink.findMany({ where: { tenantId, environmentId }, orderBy: { seq: "asc" } });
  return rows.map((row) => row.link);
}
