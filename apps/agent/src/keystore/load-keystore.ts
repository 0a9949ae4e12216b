import { StoreError } from "./errors.ts";
import { LoadedKeks } from "./kek-ring.ts";
import type { ReaderParts } from "./key-reader.ts";
import { KeyRows } from "./key-rows.ts";
import { Keystore } from "./keystore.ts";
import { type ClientRecord, type DomainRecord, type LockReason, UNDECIDED } from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import type { StoredRow } from "./store.ts";

/** Where to load from, and the yardstick. */
export interface LoadParts extends ReaderParts {
  readonly tid: string;
  /** Rows of keys that were read while the log was; read now without them. */
  readonly rows?: KeyRows;
  /** As the keystore's. */
  readonly materialAtStart?: number;
}

/**
 * Looks at all records and believes none that the custody log does not name.
 *
 * A row that this agent did not write (`E_STATE_MAC`), one that is missing, or one that is valid but not the newest
 * (`E_STATE_ROLLBACK`) locks its object; the rest serves.
 *
 * Trusts: `index`. Treats every row as hostile.
 * @see docs/spec, protocol section 10
 */
export function loadKeystore(parts: LoadParts): Keystore {
  const keks = LoadedKeks.load(parts);
  const { rows = KeyRows.read(parts) } = parts;
  return new Keystore({ ...parts, rows, keks, clients: readClients(parts), ...loadDomain(parts) });
}

function* readClients({ store, root, index }: LoadParts): Iterable<ClientRecord> {
  const seen = new Set<string>();
  for (const row of store.rows("client")) {
    seen.add(row.id);
    yield isAuthenticRow(root, "client", row)
      ? clientOf(row, index.lastEntry(row.id) === row.leaf ? null : "E_STATE_ROLLBACK")
      : unreadableClient(row.id, "E_STATE_MAC");
  }
  for (const id of index.named("c_")) if (!seen.has(id)) yield unreadableClient(id, "E_STATE_ROLLBACK");
}

function clientOf(row: StoredRow, locked: LockReason | null): ClientRecord {
  return { ...decodeBody<ClientRecord>(row), id: row.id, locked };
}

/** A domain row that cannot be believed leaves the domain locked: no changes, encryption goes on. */
function loadDomain({ store, root, index, tid }: LoadParts): {
  readonly domain: DomainRecord;
  readonly domainLocked: LockReason | null;
} {
  const row = store.findRow("setting", "domain");
  const entry = index.lastEntry(tid);
  if (entry === null) throw new StoreError("E_GENESIS");
  const authentic = row !== null && isAuthenticRow(root, "setting", row);
  if (row && authentic && row.leaf === entry) {
    const domain = { ...UNDECIDED, ...decodeBody<Partial<DomainRecord>>(row) } as DomainRecord;
    return { domain, domainLocked: null };
  }
  const createdAt = row && authentic ? decodeBody<DomainRecord>(row).createdAt : 0;
  return {
    domain: { tid, createdAt, locked: true, recovering: true, ...UNDECIDED, leaf: entry },
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
