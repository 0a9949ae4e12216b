import { versionRowId } from "./key-reader.ts";
import type { Store, StoredRow } from "./store.ts";

type Head = Pick<StoredRow, "id" | "leaf">;

/**
 * Which entry each row of wrapped material names, read along with the keys in the order of their ids, so that no row is
 * looked for by itself.
 */
export class VersionHeads {
  readonly #rows: Iterator<Head>;
  #next: Head | null;
  #keyId = "";
  #ofKey: Head[] = [];

  constructor(store: Store) {
    this.#rows = store.rowHeads("key_version");
    this.#next = this.#take();
  }

  /** Caller must: ask for keys in the order of their ids. @returns null where there is no such row */
  leafOf(keyId: string, version: number): number | null {
    if (keyId !== this.#keyId) this.#goTo(keyId);
    const id = versionRowId(keyId, version);
    return this.#ofKey.find((head) => head.id === id)?.leaf ?? null;
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

  #take(): Head | null {
    const { done, value } = this.#rows.next();
    return done === true ? null : value;
  }
}
