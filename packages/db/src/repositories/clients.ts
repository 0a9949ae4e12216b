import type { Client } from "../generated/client.ts";
import { findNumber } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** Most clients that one list tells of. */
const MAX_LISTED_CLIENTS = 1000;

/** The environment's clients, active ones first, by name. */
export async function listClients(tx: TenantClient, scope: Scope) {
  const { tenantId, environmentId } = scope;
  const rows = await tx.client.findMany({
    where: { tenantId, environmentId },
    orderBy: [{ state: "asc" }, { label: "asc" }, { id: "asc" }],
    take: MAX_LISTED_CLIENTS,
  });
  const counts = await countLetIn(tx, scope, rows);
  return rows.map((row) => toRow(row, counts));
}

/** One client; null when there is none of that id. */
export async function findClient(tx: TenantClient, scope: Scope, id: string) {
  const { tenantId, environmentId } = scope;
  const row = await tx.client.findUnique({ where: { tenantId_environmentId_id: { tenantId, environmentId, id } } });
  return row === null ? null : toRow(row, await countLetIn(tx, scope, [row]));
}

/** How many came by each of these that is an enrolment secret, whatever became of them since. */
async function countLetIn(
  tx: TenantClient,
  { tenantId, environmentId }: Scope,
  rows: readonly Client[],
): Promise<ReadonlyMap<string | null, number>> {
  const permits = rows.flatMap(({ id, permit }) => (permit === null ? [] : [id]));
  if (permits.length === 0) return new Map();
  const counts = await tx.client.groupBy({
    by: ["cameBy"],
    where: { tenantId, environmentId, cameBy: { in: permits } },
    _count: true,
  });
  return new Map(counts.map(({ cameBy, _count }) => [cameBy, _count]));
}

function toRow(row: Client, letIn: ReadonlyMap<string | null, number>) {
  return {
    id: row.id,
    label: row.label,
    state: row.state,
    spki: row.spki,
    grants: row.grants,
    permit: row.permit,
    cameBy: row.cameBy,
    letIn: letIn.get(row.id) ?? 0,
    created: Number(row.created),
    notAfter: Number(row.notAfter),
    revoked: findNumber(row.revoked),
    lastUsedAt: findNumber(row.lastUsedAt),
    headLeaf: Number(row.headLeaf),
  };
}
