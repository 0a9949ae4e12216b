import type { Client } from "../generated/client.ts";
import { findNumber } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** Most clients that one list tells of. */
const MAX_LISTED_CLIENTS = 1000;

/** The environment's clients, active ones first, by name. */
export async function listClients(tx: TenantClient, { tenantId, environmentId }: Scope) {
  const rows = await tx.client.findMany({
    where: { tenantId, environmentId },
    orderBy: [{ state: "asc" }, { label: "asc" }, { id: "asc" }],
    take: MAX_LISTED_CLIENTS,
  });
  return rows.map(toRow);
}

/** One client; null when there is none of that id. */
export async function findClient(tx: TenantClient, { tenantId, environmentId }: Scope, id: string) {
  const row = await tx.client.findUnique({ where: { tenantId_environmentId_id: { tenantId, environmentId, id } } });
  return row === null ? null : toRow(row);
}

function toRow(row: Client) {
  return {
    id: row.id,
    label: row.label,
    state: row.state,
    spki: row.spki,
    grants: row.grants,
    permit: row.permit,
    cameBy: row.cameBy,
    created: Number(row.created),
    notAfter: Number(row.notAfter),
    revoked: findNumber(row.revoked),
    lastUsedAt: findNumber(row.lastUsedAt),
    headLeaf: Number(row.headLeaf),
  };
}
