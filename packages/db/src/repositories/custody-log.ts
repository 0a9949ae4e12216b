import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { LogEntry } from "../generated/client.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** Which entries, from where. */
export interface LogQuery {
  readonly kind?: string | undefined;
  readonly subject?: string | undefined;
  /** The command that caused them. */
  readonly command?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The newest signed head that this control plane has; null before the first. */
export async function findLogHead(tx: TenantClient, { tenantId, environmentId }: Scope) {
  const row = await tx.checkpoint.findFirst({ where: { tenantId, environmentId }, orderBy: { size: "desc" } });
  return row === null ? null : { size: Number(row.size), root: row.root, checkpoint: row.note };
}

/** One page of entries, newest first, each as it travels. */
export async function listEntries(tx: TenantClient, { tenantId, environmentId }: Scope, query: LogQuery) {
  const before = decodeCursor(query.cursor, ["number"]);
  const rows = await tx.logEntry.findMany({
    where: {
      tenantId,
      environmentId,
      ...(query.kind === undefined ? {} : { kind: query.kind }),
      ...(query.subject === undefined ? {} : { subject: query.subject }),
      ...(query.command === undefined ? {} : { command: query.command }),
      ...(before ? { n: { lt: Number(before[0]) } } : {}),
    },
    orderBy: { n: "desc" },
    take: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page.map(toEntry),
    nextCursor: rows.length > page.length && last ? encodeCursor([Number(last.n)]) : null,
  };
}

/** One entry; null when the log is shorter. */
export async function findEntry(tx: TenantClient, { tenantId, environmentId }: Scope, n: number) {
  const row = await tx.logEntry.findUnique({ where: { tenantId_environmentId_n: { tenantId, environmentId, n } } });
  return row === null ? null : toEntry(row);
}

/** The entry of one kind about each of some subjects, by subject: its place and its bytes. */
export async function findEntriesOf(
  tx: TenantClient,
  { tenantId, environmentId }: Scope,
  kind: string,
  subjects: readonly string[],
): Promise<Map<string, { readonly n: number; readonly leaf: string }>> {
  const rows = await tx.logEntry.findMany({
    where: { tenantId, environmentId, kind, subject: { in: [...subjects] } },
    select: { n: true, leaf: true, subject: true },
  });
  return new Map(rows.map(({ n, leaf, subject }) => [subject, { n: Number(n), leaf }]));
}

/** Entries about one key, client or environment that changed it, oldest first: when, and what kind. */
export async function changesOf(tx: TenantClient, { tenantId, environmentId }: Scope, subject: string) {
  const rows = await tx.logEntry.findMany({
    where: { tenantId, environmentId, subject, kind: { startsWith: "key." } },
    orderBy: { n: "asc" },
    select: { ts: true, kind: true },
    take: 1000,
  });
  return rows.map(({ ts, kind }) => ({ at: Number(ts), kind }));
}

/** Hashes of some complete subtrees, by `level/index`; those that are not stored are left out. */
export async function readNodes(
  tx: TenantClient,
  { tenantId, environmentId }: Scope,
  ids: readonly { readonly level: number; readonly index: number }[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.logNode.findMany({
    where: { tenantId, environmentId, OR: ids.map(({ level, index }) => ({ level, index })) },
  });
  return new Map(rows.map((row) => [`${row.level}/${row.index}`, row.hash]));
}

function toEntry(row: LogEntry) {
  return {
    n: Number(row.n),
    leaf: row.leaf,
    ...(row.opens === null ? {} : { opens: row.opens }),
    ...(row.state === null ? {} : { state: row.state }),
    ...(row.receipt === null ? {} : { receipt: row.receipt }),
    ...(row.envelope === null ? {} : { envelope: row.envelope }),
  };
}
