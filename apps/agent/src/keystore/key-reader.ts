import type { RootKey } from "@holdfast/crypto";
import type { LogIndex } from "./log-index.ts";
import { FIRST_RELEASE, type KeyRecord, type LockReason } from "./records.ts";
import { decodeBody, isAuthenticRow } from "./row.ts";
import type { Store, StoredRow } from "./store.ts";

/** What rows are read with. */
export interface ReaderParts {
  readonly store: Store;
  readonly root: RootKey;
  /** Built from the custody log after it was verified against its signed checkpoint. */
  readonly index: LogIndex;
}

/** Reads rows of keys and believes none that the custody log does not name. Treats every row as hostile. */
export class KeyReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** The record of a key that the log names; null for one that it does not name. */
  find(id: string): KeyRecord | null {
    const { store, index } = this.#parts;
    if (!id.startsWith("k_") || index.lastEntry(id) === null) return null;
    const row = store.findRow("key", id);
    if (row === null) return unreadableKey(id, "E_STATE_ROLLBACK");
    return this.read(row, (version) => store.findRow("key_version", versionRowId(id, version))?.leaf ?? null);
  }

  /**
   * The record in a row, locked where row or material is not the one that the log names.
   *
   * @param materialLeaf - The entry that the wrapped material of a version says it belongs to; null where there is none.
   *   Whether it says so itself is checked before the material is used.
   */
  read(row: StoredRow, materialLeaf: (version: number) => number | null): KeyRecord {
    const { root, index } = this.#parts;
    if (!isAuthenticRow(root, "key", row)) return unreadableKey(row.id, "E_STATE_MAC");
    const key = completeKey(decodeBody<KeyRecord>(row));
    const code =
      index.lastEntry(row.id) !== row.leaf
        ? "E_STATE_ROLLBACK"
        : (materialProblem(key, materialLeaf) ?? this.#scheduleProblem(key));
    return code === null ? key : { ...key, id: row.id, locked: code };
  }

  /** A key that waits for a command has that command's row: without it nobody could cancel, and nothing would come. */
  #scheduleProblem({ scheduled }: KeyRecord): LockReason | null {
    const { store, root } = this.#parts;
    if (scheduled === null) return null;
    const row = store.findRow("scheduled", scheduled);
    if (row === null) return "E_STATE_ROLLBACK";
    return isAuthenticRow(root, "scheduled", row) ? null : "E_STATE_MAC";
  }
}

/** Id of the row that holds one version's wrapped material. */
export function versionRowId(keyId: string, version: number): string {
  return `${keyId}/${version}`;
}

/** Every version that is not destroyed has its one row of wrapped material, written with the entry that made it. */
function materialProblem({ versions }: KeyRecord, materialLeaf: (version: number) => number | null): LockReason | null {
  for (const { version, state, leaf } of versions)
    if (!state.startsWith("destroyed") && materialLeaf(version) !== leaf) return "E_STATE_ROLLBACK";
  return null;
}

/** Fills in what rows of the first release do not say. */
function completeKey(key: KeyRecord): KeyRecord {
  const read = key as { -readonly [N in keyof KeyRecord]: KeyRecord[N] };
  read.locked = null;
  read.changedAt ??= read.dates.created;
  return read.type === undefined || read.limits === undefined ? { ...FIRST_RELEASE, ...read } : read;
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
