import { versionRowId } from "./key-reader.ts";
import type { Store, StoredRow } from "./store.ts";

/** Rows of wrapped material, read along with the keys in the order of their ids, so that no row is looked for by itself. */
export class VersionRows {
  readonly #rows: Iterator<StoredRow>;
  #next: StoredRow | null;
  #keyId = "";
  #ofKey: StoredRow[] = [];

  constructor(store: Store) {
    this.#rows = store.rows("key_version")[Symbol.iterator]();
    this.#next = this.#take();
  }

  /** Caller must: ask for keys in the order of their ids. */
  find(keyId: string, version: number): StoredRow | null {
    if (keyId !== this.#keyId) this.#goTo(keyId);
    const id = versionRowId(keyId, version);
    return this.#ofKey.find((row) => row.id === id) ?? null;
  }

  #goTo(keyId: string): void {
    this.#keyId = keyId;
    this.#ofKey = [];
    const begin = `${keyId}/`;
    while (this.#next !== null && this.#next.id < begin) this.#next = this.#take();
    while (this.#next?.id.startsWith(begin)) {
      this.#ofKey.push(this.#next);
      this.#next = this.#take();
    }
  }

  #take(): StoredRow | null {
    const { done, value } = this.#rows.next();
    return done === true ? null : value;
  }
}
