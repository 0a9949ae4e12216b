import { StoreError } from "./errors.ts";
import { KeyReader, type ReaderParts, unreadableKey } from "./key-reader.ts";
import { Keystore } from "./keystore.ts";
import type { LogIndex } from "./log-index.ts";
import type { ClientRecord, DomainRecord, LockReason } from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import type { StoredRow } from "./store.ts";
import { VersionHeads } from "./version-heads.ts";

/** Where to load from, and the yardstick. */
export interface LoadParts extends ReaderParts {
  readonly tid: string;
}

/**
 * Looks at all records and believes none that the custody log does not name.
 *
 * A row that this agent did not write (`E_STATE_MAC`), one that is missing, or one that is valid but not the newest
 * (`E_STATE_ROLLBACK`) locks its object; the rest serves. Of wrapped material it looks whether there is as much as there
 * should be; that each row is authentic is checked before its first use, and of all rows soon afterwards.
 *
 * Trusts: `index`. Treats every row as hostile.
 * @see docs/spec, protocol section 10
 */
export function loadKeystore(parts: LoadParts): Keystore {
  const { store, index } = parts;
  const keystore = new Keystore({ ...parts, ...loadDomain(parts) });
  const reader = new KeyReader(parts);
  const material = new VersionHeads(store);
  let named = 0;
  for (const row of store.rows("key")) {
    const key = reader.read(row, (version) => material.leafOf(row.id, version));
    if (key.locked === null || index.lastEntry(row.id) !== null) named += 1;
    keystore.load(key);
  }
  if (named < countOf(index.named("k_")))
    for (const id of index.named("k_"))
      if (store.findRow("key", id) === null) keystore.load(unreadableKey(id, "E_STATE_ROLLBACK"));
  const clients = new Set<string>();
  for (const row of store.rows("client")) {
    clients.add(row.id);
    keystore.loadClient(readClient(parts, row));
  }
  for (const id of index.named("c_"))
    if (!clients.has(id)) keystore.loadClient(unreadableClient(id, "E_STATE_ROLLBACK"));
  return keystore;
}

function countOf(ids: Iterable<string>): number {
  let count = 0;
  for (const _ of ids) count += 1;
  return count;
}

function readClient({ root, index }: ReaderParts, row: StoredRow): ClientRecord {
  if (!isAuthenticRow(root, "client", row)) return unreadableClient(row.id, "E_STATE_MAC");
  const locked = index.lastEntry(row.id) === row.leaf ? null : "E_STATE_ROLLBACK";
  return { ...decodeBody<ClientRecord>(row), id: row.id, locked };
}

/** A domain row that cannot be believed leaves the domain locked: no changes, encryption goes on. */
function loadDomain({ store, root, index, tid }: LoadParts & { readonly index: LogIndex }): {
  readonly domain: DomainRecord;
  readonly domainLocked: LockReason | null;
} {
  const row = store.findRow("setting", "domain");
  const entry = index.lastEntry(tid);
  if (entry === null) throw new StoreError("E_GENESIS");
  const authentic = row !== null && isAuthenticRow(root, "setting", row);
  if (row && authentic && row.leaf === entry) {
    const domain = { legacy: [], ...decodeBody<Partial<DomainRecord>>(row) } as DomainRecord;
    return { domain, domainLocked: null };
  }
  const createdAt = row && authentic ? decodeBody<DomainRecord>(row).createdAt : 0;
  return {
    domain: { tid, createdAt, locked: true, recovering: true, legacy: [], leaf: entry },
    domainLocked: row && !authentic ? "E_STATE_MAC" : "E_STATE_ROLLBACK",
  };
}

function unreadableClient(id: string, locked: LockReason): ClientRecord {
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
    locked,
  };
}
