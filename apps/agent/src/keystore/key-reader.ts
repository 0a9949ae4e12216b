import { kekNumberOf, type RootKey } from "@holdfast/crypto";
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
  readonly #kekProblem: (number: number) => LockReason | null;

  /** @param kekProblem - Why what is under a key-encryption key cannot be opened; null when it can. */
  constructor(parts: ReaderParts, kekProblem: (number: number) => LockReason | null) {
    this.#parts = parts;
    this.#kekProblem = kekProblem;
  }

  /** The record of a key that the log names; null for one that it does not name. */
  find(id: string): KeyRecord | null {
    const { store, index } = this.#parts;
    if (!id.startsWith("k_") || index.lastEntry(id) === null) return null;
    const row = store.findRow("key", id);
    if (row === null) return unreadableKey(id, "E_STATE_ROLLBACK");
    return this.read(row, (version) => store.findRow("key_version", versionRowId(id, version)));
  }

  /**
   * The record in a row, locked where row or material is not the one that the log names.
   *
   * @param material - The row of a version's wrapped material; null where there is none.
   */
  read(row: StoredRow, material: (version: number) => StoredRow | null): KeyRecord {
    const { root, index } = this.#parts;
    if (!isAuthenticRow(root, "key", row)) return unreadableKey(row.id, "E_STATE_MAC");
    const key = completeKey(decodeBody<KeyRecord>(row));
    const code =
      index.lastEntry(row.id) === row.leaf
        ? (this.#materialProblem(key, material) ?? this.#scheduleProblem(key))
        : "E_STATE_ROLLBACK";
    return code === null ? key : { ...key, id: row.id, locked: code };
  }

  /** Every version that is not destroyed has its one row of wrapped material, written with the entry that made it. */
  #materialProblem({ versions }: KeyRecord, material: (version: number) => StoredRow | null): LockReason | null {
    for (const { version, state, leaf } of versions) {
      if (state.startsWith("destroyed")) continue;
      const row = material(version);
      if (row === null) return "E_STATE_ROLLBACK";
      if (!isAuthenticRow(this.#parts.root, "key_version", row)) return "E_STATE_MAC";
      if (row.leaf !== leaf) return "E_STATE_ROLLBACK";
      const problem = this.#kekProblem(kekNumberOf(row.body));
      if (problem !== null) return problem;
    }
    return null;
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
