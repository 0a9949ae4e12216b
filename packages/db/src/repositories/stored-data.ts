import type { TenantClient } from "../tenancy.ts";

/** What a table holds of a tenant, why, and how long: the page "What we store about you" shows exactly this. */
export interface StoredTable {
  readonly what: string;
  readonly why: string;
  readonly kept: string;
}

const LOG = "As long as the environment: the custody log is append-only.";
const ENVIRONMENT = "As long as the environment.";

/** Every table of schema `app`; a test compares it with the database. */
export const STORED_TABLES = {
  tenant: { what: "The organisation's name.", why: "To show it.", kept: "As long as the organisation." },
  membership: {
    what: "Which accounts belong to it, and as what.",
    why: "To let them in.",
    kept: "Until they are removed.",
  },
  environment: {
    what: "Each environment's name, and the public id and newest roster that its key server reported.",
    why: "To show it and to tell key servers apart.",
    kept: ENVIRONMENT,
  },
  agent: {
    what: "What key servers say of themselves: name, version, addresses, condition, when heard.",
    why: "To show whether they serve.",
    kept: "Until unlinked.",
  },
  agentRequest: {
    what: "Reports and attestations that members asked for.",
    why: "To pass them on.",
    kept: ENVIRONMENT,
  },
  alarm: {
    what: "What a member should look into, such as a log that was rewritten.",
    why: "To warn.",
    kept: ENVIRONMENT,
  },
  rosterLink: {
    what: "The signed chain of administrators and rules: names, public keys, signatures.",
    why: "So that browsers can check everything else against it.",
    kept: LOG,
  },
  rosterProposal: {
    what: "Proposed changes of administrators and rules, and what became of them: names, public keys.",
    why: "To carry them to your key servers.",
    kept: ENVIRONMENT,
  },
  introduction: {
    what: "Public keys of passkeys that newcomers gave to your key servers, with their names.",
    why: "So that a change can name them.",
    kept: "Seven days, or until your key server forgets them.",
  },
  logEntry: {
    what: "The custody log: what happened to keys and trust, with names where your sharing setting allows.",
    why: "To show it and to witness it.",
    kept: LOG,
  },
  logNode: { what: "Hashes of the log's tree.", why: "To make proofs for your browser.", kept: LOG },
  checkpoint: { what: "Signed heads of the log.", why: "To make proofs for your browser.", kept: LOG },
  witnessHead: { what: "The head that we last cosigned.", why: "So that the log cannot be rewritten.", kept: LOG },
  command: {
    what: "Proposed commands, and what became of them.",
    why: "To carry them to your key servers.",
    kept: ENVIRONMENT,
  },
  carriedApproval: {
    what: "Decisions made at the hosted page: signatures over commands and changes, and what your key servers said of them.",
    why: "To carry them to your key servers.",
    kept: ENVIRONMENT,
  },
  annotation: {
    what: "Unsigned notes of members: titles, owners, tickets.",
    why: "To show them.",
    kept: "Until changed or removed.",
  },
  noticeChannel: {
    what: "Where notices go: webhooks' addresses and mail addresses. Their secrets are not stored.",
    why: "To send what you asked for.",
    kept: "Until removed.",
  },
  notice: {
    what: "Notices as they were sent: ids, dates, and names where your sharing setting allows.",
    why: "To try again what was not delivered, and to tell nothing twice.",
    kept: "120 days.",
  },
  noticeDelivery: {
    what: "Which notice reached which receiver, when, or why not.",
    why: "To show it.",
    kept: "120 days.",
  },
  key: {
    what: "Metadata of keys: name, group, state, dates. Never material.",
    why: "To list and search them.",
    kept: ENVIRONMENT,
  },
  keyVersion: { what: "Versions of keys: dates and commitments.", why: "To show them.", kept: ENVIRONMENT },
  keyUse: {
    what: "How often which client used which key on which day.",
    why: "To show who needs a key.",
    kept: ENVIRONMENT,
  },
  client: {
    what: "Applications: name, public key's hash, grants, last use.",
    why: "To list them.",
    kept: ENVIRONMENT,
  },
  report: { what: "Which custody reports were made.", why: "To list them.", kept: "Until removed." },
  reportFile: { what: "Names, sizes and digests of their files.", why: "To offer them.", kept: "Until removed." },
  reportPart: {
    what: "The files themselves, signed by your key server.",
    why: "To offer them.",
    kept: "Until removed.",
  },
} as const satisfies Record<string, StoredTable>;

export type StoredTableName = keyof typeof STORED_TABLES;

export const STORED_TABLE_NAMES = Object.keys(STORED_TABLES) as StoredTableName[];

/** What reading any table needs; the delegates of Prisma differ only in their row types. */
interface Delegate {
  count(query: { where: object }): Promise<number>;
  findMany(query: { where: object; orderBy: object[]; skip: number; take: number; omit?: object }): Promise<object[]>;
}

/** How many rows each table holds of the tenant. */
export async function countStored(tx: TenantClient, tenantId: string): Promise<Record<StoredTableName, number>> {
  const counts: Partial<Record<StoredTableName, number>> = {};
  for (const name of STORED_TABLE_NAMES)
    counts[name] = await delegate(tx, name).count({ where: whose(name, tenantId) });
  return counts as Record<StoredTableName, number>;
}

const PAGE = 500;
const PAGE_OF_FILES = 1;

/** One page of a table's rows as plain JSON. */
export async function exportStored(
  tx: TenantClient,
  tenantId: string,
  from: { readonly table: StoredTableName; readonly skip: number },
): Promise<{ rows: Record<string, unknown>[]; next: number | null }> {
  const take = from.table === "reportPart" ? PAGE_OF_FILES : PAGE;
  const rows = await delegate(tx, from.table).findMany({
    where: whose(from.table, tenantId),
    orderBy: ORDER[from.table].map((column) => ({ [column]: "asc" })),
    skip: from.skip,
    take,
  });
  return { rows: rows.map(toJson), next: rows.length < take ? null : from.skip + take };
}

const ORDER: Readonly<Record<StoredTableName, readonly string[]>> = {
  tenant: ["id"],
  membership: ["accountId"],
  environment: ["id"],
  agent: ["environmentId", "aid"],
  agentRequest: ["environmentId", "id"],
  alarm: ["environmentId", "id"],
  rosterLink: ["environmentId", "seq"],
  rosterProposal: ["environmentId", "hash"],
  introduction: ["environmentId", "hash"],
  logEntry: ["environmentId", "n"],
  logNode: ["environmentId", "level", "index"],
  checkpoint: ["environmentId", "size"],
  witnessHead: ["environmentId"],
  command: ["environmentId", "hash"],
  carriedApproval: ["environmentId", "id"],
  annotation: ["environmentId", "subject"],
  noticeChannel: ["environmentId", "id"],
  notice: ["environmentId", "id"],
  noticeDelivery: ["environmentId", "noticeId", "channelId"],
  key: ["environmentId", "id"],
  keyVersion: ["environmentId", "keyId", "version"],
  keyUse: ["environmentId", "keyId", "clientId", "day"],
  client: ["environmentId", "id"],
  report: ["environmentId", "id"],
  reportFile: ["environmentId", "reportId", "name"],
  reportPart: ["environmentId", "reportId", "name", "n"],
};

function delegate(tx: TenantClient, name: StoredTableName): Delegate {
  return tx[name] as unknown as Delegate;
}

function whose(name: StoredTableName, tenantId: string): object {
  return name === "tenant" ? { id: tenantId } : { tenantId };
}

function toJson(row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value;
}
