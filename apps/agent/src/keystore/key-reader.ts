import { kekNumberOf, type RootKey } from "@holdfast/crypto";
import type { LogIndex } from "./log-index.ts";
import { FIRST_RELEASE, type KeyRecord, type LockReason } from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import type { Store, StoredRow } from "./store.ts";

/** Where rows are, and what proves that this agent wrote them. */
export interface RowSource {
  readonly store: Store;
  readonly root: RootKey;
}

/** What rows are read with. */
export interface ReaderParts extends RowSource {
  /** Built from the custody log after it was verified against its signed checkpoint. */
  readonly index: LogIndex;
}

/** Reads keys and believes none that the custody log does not name. Treats every row as hostile. */
export class KeyReader {
  readonly #parts: ReaderParts;
  readonly #kekProblem: (number: number) => LockReason | null;

  /** @param kekProblem - Why what is under a key-encryption key cannot be opened; null when it can. */
  constructor(parts: ReaderParts, kekProblem: (number: number) => LockReason | null) {
    this.#parts = parts;
    this.#kekProblem = kekProblem;
  }

  /** The record of a key that the log names, locked where row or material is not the one it names; null for any other id. */
  find(id: string): KeyRecord | null {
    const { store, index } = this.#parts;
    if (!id.startsWith("k_") || index.lastEntry(id) === null) return null;
    const row = store.findRow("key", id);
    if (row === null) return unreadableKey(id, "E_STATE_ROLLBACK");
    const key = readKeyRow(this.#parts, row);
    if (key.locked !== null) return key;
    const code =
      index.lastEntry(id) === row.leaf ? materialProblem(this.#parts, key, this.#kekProblem) : "E_STATE_ROLLBACK";
    return code === null ? key : { ...key, id, locked: code };
  }
}

/** The record in a row, locked where this agent did not write it. What the log says of it is not asked. */
export function readKeyRow(source: RowSource, row: StoredRow): KeyRecord {
  if (!isAuthenticRow(source.root, "key", row)) return unreadableKey(row.id, "E_STATE_MAC");
  const key = completeKey(decodeBody<KeyRecord>(row));
  const code = scheduleProblem(source, key);
  return code === null ? key : { ...key, id: row.id, locked: code };
}

/**
 * Why a key's material is not to be believed: every version that is not destroyed has its one row of wrapped material,
 * written with the entry that made it.
 *
 * @param kekProblem - Why what is under a key-encryption key cannot be opened; null when it can.
 */
export function materialProblem(
  { store, root }: RowSource,
  { id, versions }: KeyRecord,
  kekProblem: (number: number) => LockReason | null,
): LockReason | null {
  for (const { version, state, leaf } of versions) {
    if (state.startsWith("destroyed")) continue;
    const row = store.findRow("key_version", versionRowId(id, version));
    if (row === null) return "E_STATE_ROLLBACK";
    if (!isAuthenticRow(root, "key_version", row)) return "E_STATE_MAC";
    if (row.leaf !== leaf) return "E_STATE_ROLLBACK";
    const problem = kekProblem(kekNumberOf(row.body));
    if (problem !== null) return problem;
  }
  return null;
}

/** A key that waits for a command has that command's row: without it nobody could cancel, and nothing would come. */
function scheduleProblem({ store, root }: RowSource, { scheduled }: KeyRecord): LockReason | null {
  if (scheduled === null) return null;
  const row = store.findRow("scheduled", scheduled);
  if (row === null) return "E_STATE_ROLLBACK";
  return isAuthenticRow(root, "scheduled", row) ? null : "E_STATE_MAC";
}

/** Id of the row that holds one version's wrapped material. */
export function versionRowId(keyId: string, version: number): string {
  return `${keyId}/${version}`;
}

/** Fills in what rows of the first release do not say. */
function completeKey(key: KeyRecord): KeyRecord {
  const read = key as { -readonly [N in keyof KeyRecord]: KeyRecord[N] };
  read.locked = null;
  read.changedAt ??= read.dates.created;
  const isWhole = read.type !== undefined && read.limits !== undefined && read.schedules !== undefined;
  return isWhole ? read : { ...FIRST_RELEASE, ...read };
}

/** What stands for a key whose row says nothing that is believed. */
export function unreadableKey(id: string, locked: LockReason): KeyRecord {
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
    locked,
  };
}
