import { kekNumberOf, type RootKey } from "@holdfast/crypto";
import { StoreError } from "./errors.ts";
import { LoadedKeks } from "./kek-ring.ts";
import { Keystore, type LockedObject, versionRowId } from "./keystore.ts";
import type { LogIndex } from "./log-index.ts";
import {
  type ClientRecord,
  type DomainRecord,
  FIRST_RELEASE,
  type KeyRecord,
  type LockReason,
  UNDECIDED,
} from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import type { RowTable, Store, StoredRow } from "./store.ts";

/** Where to load from, and the yardstick. */
export interface LoadParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly tid: string;
  /** Built from the custody log after it was verified against its signed checkpoint. */
  readonly index: LogIndex;
}

/**
 * Loads all records and believes none that the custody log does not name.
 *
 * A row that this agent did not write (`E_STATE_MAC`), one that is missing, or one that is valid but not the newest
 * (`E_STATE_ROLLBACK`) locks its object; the rest serves.
 *
 * Trusts: `index`. Treats every row as hostile.
 * @see docs/spec, protocol section 10
 */
export function loadKeystore(parts: LoadParts): Keystore {
  const locked: LockedObject[] = [];
  const keys = loadTable<KeyRecord>(parts, "key", "k_", (id, record, code) => {
    locked.push({ id, kind: "key", code });
    return { ...(record ?? unreadableKey(id)), id, locked: code };
  }).map(completeKey);
  const clients = loadTable<ClientRecord>(parts, "client", "c_", (id, record, code) => {
    locked.push({ id, kind: "client", code });
    return { ...(record ?? unreadableClient(id)), id, locked: code };
  });
  const keks = LoadedKeks.load(parts);
  for (const [number, code] of keks.problems) locked.push({ id: `kek ${number}`, kind: "kek", code });
  const withMaterial = keys.map((key) => {
    const code = key.locked ?? materialProblem(parts, keks, key) ?? scheduleProblem(parts, key);
    if (code === null || key.locked) return key;
    locked.push({ id: key.id, kind: "key", code });
    return { ...key, locked: code };
  });
  const domain = loadDomain(parts, locked);
  return new Keystore({
    ...parts,
    keks: keks.ring(),
    isUnderOlderKek: keks.isUnderOlder(),
    keys: withMaterial,
    clients,
    domain,
    lockedObjects: locked,
  });
}

type Lock<T> = (id: string, record: T | null, code: LockReason) => T;

function loadTable<T extends { rowLeaf?: number; leaf: number }>(
  parts: LoadParts,
  table: RowTable,
  prefix: string,
  lock: Lock<T>,
): T[] {
  const records: T[] = [];
  const seen = new Set<string>();
  for (const row of parts.store.rows(table)) {
    seen.add(row.id);
    const code = rowProblem(parts, table, row);
    if (code === "E_STATE_MAC") records.push(lock(row.id, null, code));
    else if (code) records.push(lock(row.id, decodeBody<T>(row), code));
    else records.push({ ...decodeBody<T>(row), locked: null });
  }
  for (const id of parts.index.named(prefix)) if (!seen.has(id)) records.push(lock(id, null, "E_STATE_ROLLBACK"));
  return records;
}

function rowProblem({ root, index }: LoadParts, table: RowTable, row: StoredRow): LockReason | null {
  if (!isAuthenticRow(root, table, row)) return "E_STATE_MAC";
  return index.lastEntry(row.id) === row.leaf ? null : "E_STATE_ROLLBACK";
}

/** Every version that is not destroyed has its one row of wrapped material, written with the entry that made it. */
function materialProblem({ store, root }: LoadParts, keks: LoadedKeks, key: KeyRecord): LockReason | null {
  for (const { version, state, leaf } of key.versions) {
    if (state.startsWith("destroyed")) continue;
    const row = store.findRow("key_version", versionRowId(key.id, version));
    if (!row) return "E_STATE_ROLLBACK";
    if (!isAuthenticRow(root, "key_version", row)) return "E_STATE_MAC";
    if (row.leaf !== leaf) return "E_STATE_ROLLBACK";
    const problem = keks.problemOf(kekNumberOf(row.body));
    if (problem !== null) return problem;
  }
  return null;
}

/** A key that waits for a command has that command's row: without it nobody could cancel, and nothing would come. */
function scheduleProblem({ store, root }: LoadParts, { scheduled }: KeyRecord): LockReason | null {
  if (scheduled === null) return null;
  const row = store.findRow("scheduled", scheduled);
  if (row === null) return "E_STATE_ROLLBACK";
  return isAuthenticRow(root, "scheduled", row) ? null : "E_STATE_MAC";
}

/** A domain row that cannot be believed leaves the domain locked: no changes, encryption goes on. */
function loadDomain(parts: LoadParts, locked: LockedObject[]): DomainRecord {
  const row = parts.store.findRow("setting", "domain");
  const entry = parts.index.lastEntry(parts.tid);
  if (entry === null) throw new StoreError("E_GENESIS");
  const authentic = row !== null && isAuthenticRow(parts.root, "setting", row);
  if (row && authentic && row.leaf === entry)
    return { ...UNDECIDED, ...decodeBody<Partial<DomainRecord>>(row) } as DomainRecord;
  locked.push({ id: parts.tid, kind: "domain", code: row && !authentic ? "E_STATE_MAC" : "E_STATE_ROLLBACK" });
  const createdAt = row && authentic ? decodeBody<DomainRecord>(row).createdAt : 0;
  return { tid: parts.tid, createdAt, locked: true, recovering: true, ...UNDECIDED, leaf: entry };
}

/** Fills in what rows of the first release do not say. */
function completeKey(key: KeyRecord): KeyRecord {
  return { ...FIRST_RELEASE, ...key, changedAt: key.changedAt ?? key.dates.created };
}

function unreadableKey(id: string): KeyRecord {
  return {
    ...FIRST_RELEASE,
    changedAt: 0,
    id,
    label: "",
    group: "",
    aliases: [],
    usage: [],
    extractable: false,
    state: "suspended",
    current: 0,
    versions: [],
    owner: { kind: "domain" },
    dates: { created: 0 },
    scheduled: null,
    leaf: 0,
    rowLeaf: 0,
    locked: "E_STATE_MAC",
  };
}

function unreadableClient(id: string): ClientRecord {
  return {
    id,
    label: "",
    state: "revoked",
    auth: { kind: "mtls", spki: id },
    grants: [],
    createdAt: 0,
    notAfter: 0,
    revokedAt: null,
    certificate: { serial: "", notBefore: 0, notAfter: 0, der: "" },
    leaf: 0,
    locked: "E_STATE_MAC",
  };
}
