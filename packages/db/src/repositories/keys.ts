import { decodeCursor, encodeCursor } from "../cursor.ts";
import { type Key, Prisma } from "../generated/client.ts";
import { findNumber } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** How a list of keys can be ordered. */
export const KEY_SORTS = ["label", "created", "lastUsed", "ends"] as const;
type KeySort = (typeof KEY_SORTS)[number];

/** Which keys, in which order, from where. */
export interface KeyQuery {
  readonly search?: string | undefined;
  /** Those that are called exactly so. */
  readonly label?: string | undefined;
  readonly state?: string | undefined;
  readonly group?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly sort: KeySort;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The expression each order goes by, as the table's indexes have it. */
const ORDER = {
  label: { by: Prisma.sql`lower(label)`, descending: false, type: "string" },
  created: { by: Prisma.sql`created`, descending: true, type: "number" },
  lastUsed: { by: Prisma.sql`COALESCE(last_used_at, -1)`, descending: true, type: "number" },
  ends: {
    by: Prisma.sql`COALESCE(LEAST(ends_at, destroy_due), 9007199254740991)`,
    descending: false,
    type: "number",
  },
} as const;

/** One page of the environment's keys. */
export async function listKeys(tx: TenantClient, scope: Scope, query: KeyQuery) {
  const order = ORDER[query.sort];
  const after = decodeCursor(query.cursor, [order.type, "string"]);
  const where = [
    Prisma.sql`tenant_id = ${scope.tenantId}::uuid AND environment_id = ${scope.environmentId}::uuid`,
    ...filters(query),
    ...(after ? [order.descending ? below(order.by, after) : above(order.by, after)] : []),
  ];
  const direction = order.descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const found = await tx.$queryRaw<{ id: string; place: string | bigint }[]>`
    SELECT id, ${order.by} AS place FROM app.key WHERE ${Prisma.join(where, " AND ")}
    ORDER BY ${order.by} ${direction}, id ${direction} LIMIT ${query.limit + 1}`;
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  const more = found.length > page.length && last !== undefined;
  const place = typeof last?.place === "bigint" ? Number(last.place) : (last?.place ?? 0);
  return {
    rows: await readKeys(
      tx,
      scope,
      page.map(({ id }) => id),
    ),
    nextCursor: more ? encodeCursor([place, last.id]) : null,
  };
}

function filters({ search, label, state, group, algorithm }: KeyQuery): Prisma.Sql[] {
  const found: Prisma.Sql[] = [];
  if (state !== undefined) found.push(Prisma.sql`state = ${state}`);
  if (group !== undefined) found.push(Prisma.sql`key_group = ${group}`);
  if (algorithm !== undefined) found.push(Prisma.sql`algorithm = ${algorithm}`);
  if (label !== undefined) found.push(Prisma.sql`lower(label) = lower(${label}) AND label = ${label}`);
  if (search !== undefined) {
    const text = search.replaceAll(/[\\%_]/g, "\\$&");
    found.push(Prisma.sql`(label ILIKE ${`%${text}%`} OR alias ILIKE ${`%${text}%`} OR id LIKE ${`${text}%`})`);
  }
  return found;
}

function above(by: Prisma.Sql, [place, id]: readonly (string | number)[]): Prisma.Sql {
  return Prisma.sql`(${by}, id) > (${place}, ${id})`;
}

function below(by: Prisma.Sql, [place, id]: readonly (string | number)[]): Prisma.Sql {
  return Prisma.sql`(${by}, id) < (${place}, ${id})`;
}

/** The keys of these ids, in their order. */
export async function readKeys(tx: TenantClient, { tenantId, environmentId }: Scope, ids: readonly string[]) {
  const rows = await tx.key.findMany({ where: { tenantId, environmentId, id: { in: [...ids] } } });
  const byId = new Map(rows.map((row) => [row.id, toRow(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function toRow(row: Key) {
  return {
    id: row.id,
    label: row.label,
    alias: row.alias,
    group: row.group,
    algorithm: row.algorithm,
    type: row.type,
    bits: findNumber(row.bits),
    registered: row.isRegistered,
    knownVersion: Number(row.knownVersion),
    usage: row.usage,
    extractable: row.isExtractable,
    inToken: row.isInToken,
    state: row.state,
    current: Number(row.current),
    ownerClient: row.ownerClient,
    created: Number(row.created),
    cryptoperiodSec: findNumber(row.cryptoperiodSec),
    endsAt: findNumber(row.endsAt),
    endedAt: findNumber(row.endedAt),
    destroyDue: findNumber(row.destroyDue),
    planned: row.planned,
    limitSpent: findNumber(row.limitSpent),
    lastUsedAt: findNumber(row.lastUsedAt),
    headLeaf: Number(row.headLeaf),
  };
}

/** One key with its versions, oldest first; null when there is none of that id. */
export async function findKey(tx: TenantClient, { tenantId, environmentId }: Scope, keyId: string) {
  const where = { tenantId, environmentId };
  const row = await tx.key.findUnique({ where: { tenantId_environmentId_id: { ...where, id: keyId } } });
  if (row === null) return null;
  const versions = await tx.keyVersion.findMany({ where: { ...where, keyId }, orderBy: { version: "asc" } });
  return {
    ...toRow(row),
    versions: versions.map(({ version, state, created, commit, kcv }) => ({
      version: Number(version),
      state,
      created: Number(created),
      commit,
      kcv,
    })),
  };
}

/** How often each client used a key since a day (days since 1970), and when last. */
export async function usesOfKey(tx: TenantClient, { tenantId, environmentId }: Scope, keyId: string, sinceDay: number) {
  const where = { tenantId, environmentId, keyId };
  const [ever, recent] = [
    await tx.keyUse.groupBy({ by: ["clientId"], where, _max: { lastUsedAt: true } }),
    await tx.keyUse.groupBy({ by: ["clientId"], where: { ...where, day: { gte: sinceDay } }, _sum: { count: true } }),
  ];
  const counts = new Map(recent.map((row) => [row.clientId, Number(row._sum.count ?? 0n)]));
  return new Map(
    ever.map((row) => [
      row.clientId,
      { count: counts.get(row.clientId) ?? 0, lastUsedAt: findNumber(row._max.lastUsedAt) },
    ]),
  );
}

/** Which keys a client has used since a day, the most used first. */
export async function usesByClient(
  tx: TenantClient,
  { tenantId, environmentId }: Scope,
  clientId: string,
  sinceDay: number,
) {
  const where = { tenantId, environmentId, clientId, day: { gte: sinceDay } };
  const used = await tx.keyUse.groupBy({ by: ["keyId"], where, _sum: { count: true }, _max: { lastUsedAt: true } });
  const ids = used.map(({ keyId }) => keyId);
  const keys = await tx.key.findMany({
    where: { tenantId, environmentId, id: { in: ids } },
    select: { id: true, label: true },
  });
  const labels = new Map(keys.map(({ id, label }) => [id, label]));
  return used
    .map((row) => ({
      id: row.keyId,
      label: labels.get(row.keyId) ?? row.keyId,
      count: Number(row._sum.count ?? 0n),
      lastUsedAt: findNumber(row._max.lastUsedAt) ?? 0,
    }))
    .sort((a, b) => b.count - a.count);
}

/** How many keys there are, by state, and which groups they are in. */
export async function countKeys(tx: TenantClient, { tenantId, environmentId }: Scope) {
  const where = { tenantId, environmentId };
  const states = await tx.key.groupBy({ by: ["state"], where, _count: { _all: true } });
  const groups = await tx.key.groupBy({ by: ["group"], where, orderBy: { group: "asc" }, take: 500 });
  return {
    total: states.reduce((sum, row) => sum + row._count._all, 0),
    byState: Object.fromEntries(states.map((row) => [row.state, row._count._all])),
    groups: groups.map((row) => row.group),
  };
}
