import type { KeyRecord } from "./records.ts";

/** Records of one generation: two of them are kept. */
const GENERATION = 131_072;

/**
 * Records of keys in memory: all of them where there are no more than a hundred thousand or so, else those that were asked
 * for lately. What is not here is read from the store, and verified again.
 *
 * What is asked for stays in the younger generation; when that is full, it becomes the older one, whose rest is forgotten.
 */
export class KeyRecords {
  /** Null for what was asked for and is not there. */
  #young = new Map<string, KeyRecord | null>();
  #old = new Map<string, KeyRecord | null>();
  /** Records that are never forgotten: those whose rows are not to be believed. */
  readonly #locked = new Map<string, KeyRecord>();
  #complete = true;

  /** Whether nothing has been forgotten yet: then what is not here is not there. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Null for what is known not to be there, undefined where the store has to be asked. */
  find(id: string): KeyRecord | null | undefined {
    const young = this.#young.get(id);
    if (young !== undefined) return young;
    const old = this.#old.get(id);
    if (old === undefined) return this.#locked.get(id) ?? (this.#complete ? null : undefined);
    this.#put(id, old);
    return old;
  }

  /** Looks without making the record one that was asked for. */
  peek(id: string): KeyRecord | undefined {
    return this.#young.get(id) ?? this.#old.get(id) ?? this.#locked.get(id);
  }

  put(record: KeyRecord): void {
    const { id, locked } = record;
    if (locked === null) {
      this.#locked.delete(id);
      this.#put(id, record);
      return;
    }
    this.#young.delete(id);
    this.#old.delete(id);
    this.#locked.set(id, record);
  }

  /** Remembers, as long as a record would be, that there is no such key. */
  putAbsent(id: string): void {
    this.#put(id, null);
  }

  /** Takes a record in at the start, while there is room; one that is not to be believed always. */
  fill(record: KeyRecord): void {
    if (record.locked !== null || this.#young.size < GENERATION) this.put(record);
    else this.#complete = false;
  }

  /** Records whose rows are not to be believed. */
  locked(): Iterable<KeyRecord> {
    return this.#locked.values();
  }

  /** Ids whose rows are not to be believed, whether the log names them or not. */
  lockedIds(): Iterable<string> {
    return this.#locked.keys();
  }

  #put(id: string, record: KeyRecord | null): void {
    if (this.#young.size >= GENERATION && !this.#young.has(id)) {
      if (this.#old.size > 0) this.#complete = false;
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, record);
  }
}
