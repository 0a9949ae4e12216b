import { ENUM, type Identifier } from "@holdfast/kmip";
import { refuse } from "./refused.ts";

/** Which of an operation's objects a place-holder of 2.x names. */
export type PlaceholderName = keyof typeof ENUM.UniqueIdentifier;

/**
 * The identifiers that one request has brought about: the ID Placeholder, and what each operation and each item of the
 * batch gave. They end with the request; nothing of them belongs to the connection.
 *
 * @see KMIP 1.4 section 4 (ID Placeholder), KMIP 2.1 section 4.57 (Unique Identifier)
 */
export class BatchIdentifiers {
  #last: string | null = null;
  #item = 0;
  readonly #byPlaceholder = new Map<number, string>();
  readonly #byItem = new Map<number, string>();

  /** Says which item of the batch is next, from 0. */
  begin(item: number): void {
    this.#item = item;
  }

  /**
   * Sets the ID Placeholder to what an operation made or found.
   *
   * @param more - For key pairs: which of the two each one is.
   */
  keep(operation: PlaceholderName, identifier: string, more: Partial<Record<PlaceholderName, string>> = {}): void {
    this.#last = identifier;
    this.#byItem.set(this.#item, identifier);
    this.#byPlaceholder.set(ENUM.UniqueIdentifier[operation], identifier);
    for (const [name, each] of Object.entries(more))
      this.#byPlaceholder.set(ENUM.UniqueIdentifier[name as PlaceholderName], each);
  }

  /** Empties the ID Placeholder: what was to be found was not, or was several. */
  clear(): void {
    this.#last = null;
  }

  /** The identifier that is meant. @throws KmipRefusedError where there is none */
  resolve(given: Identifier | undefined): string {
    if (typeof given === "string") return given === "" ? missing() : given;
    if (given === undefined) return this.#last ?? missing();
    if ("batchItem" in given) {
      const { batchItem } = given;
      return this.#byItem.get(batchItem < 0 ? this.#item + batchItem : batchItem) ?? missing();
    }
    if (given.placeholder === ENUM.UniqueIdentifier.IDPlaceholder) return this.#last ?? missing();
    return this.#byPlaceholder.get(given.placeholder) ?? missing();
  }
}

function missing(): never {
  refuse("ObjectNotFound", "No object is named, and no item of the batch before this one gave one.");
}
