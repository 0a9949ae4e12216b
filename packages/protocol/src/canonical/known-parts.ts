import { ownText } from "../encoding/bytes.ts";
import type { CanonicalObject, CanonicalValue } from "./canonical-value.ts";

/** Which lists are parts: those that are members of the document. */
export const LIST_DEPTH = 2;
/** Which objects are parts: those that stand in such a list, as administrators and rules do. */
export const PART_DEPTH = 3;

/** A part and its canonical text. */
export interface KnownPart {
  readonly text: string;
  /** Given to schemas only, which copy: nobody changes it. */
  readonly value: CanonicalObject | readonly CanonicalValue[];
}

/** How many first characters of a part it is looked for by: enough for an administrator's id or an act. */
const PREFIX_CHARACTERS = 24;
const LONGEST_PART = 16_384;
/** The same of a list: it is another one as soon as its first item is, so that only the kind of its items tells. */
const LIST_PREFIX_CHARACTERS = 8;
/** Most lists that are remembered; of each kind the last. */
const MOST_LISTS = 4;
/** Most characters that are remembered, so that strangers' documents fill no memory. */
const MOST_CHARACTERS = 1_048_576;

/**
 * Parts of documents that were read before: every roster of a chain has most of those of the one before, character by
 * character.
 *
 * It only saves work. A part is known by its whole text, and what stands for that text never changes.
 */
export class KnownParts {
  readonly #parts = new Map<string, KnownPart>();
  readonly #lists = new Map<string, KnownPart>();
  readonly #texts = new WeakMap<object, string>();
  #characters = 0;

  /** The part that begins at an index of a text; null when it is none that was read before. */
  find(text: string, at: number): KnownPart | null {
    const part =
      text[at] === "["
        ? this.#lists.get(text.slice(at, at + LIST_PREFIX_CHARACTERS))
        : this.#parts.get(text.slice(at, at + PREFIX_CHARACTERS));
    return part !== undefined && text.slice(at, at + part.text.length) === part.text ? part : null;
  }

  /** The canonical text of a part that came from here, at the depth of parts. */
  textOf(value: object, depth: number): string | undefined {
    return depth === (Array.isArray(value) ? LIST_DEPTH : PART_DEPTH) ? this.#texts.get(value) : undefined;
  }

  /** Whether a value came from here. */
  has(value: object): boolean {
    return this.#texts.has(value);
  }

  /** Remembers a part of a document that was accepted. */
  keep({ text, value }: KnownPart): void {
    const part = { text: ownText(text), value };
    if (!Array.isArray(value)) this.#keepObject(part);
    else if (text.length > LIST_PREFIX_CHARACTERS) this.#keepList(part);
  }

  #keepObject(part: KnownPart): void {
    if (part.text.length > LONGEST_PART) return;
    if (this.#characters + part.text.length > MOST_CHARACTERS) {
      this.#parts.clear();
      this.#characters = 0;
    }
    const prefix = part.text.slice(0, PREFIX_CHARACTERS);
    this.#characters += part.text.length - (this.#parts.get(prefix)?.text.length ?? 0);
    this.#texts.set(part.value, part.text);
    this.#parts.set(prefix, part);
  }

  #keepList(part: KnownPart): void {
    const prefix = part.text.slice(0, LIST_PREFIX_CHARACTERS);
    if (!this.#lists.has(prefix) && this.#lists.size >= MOST_LISTS) this.#lists.clear();
    this.#texts.set(part.value, part.text);
    this.#lists.set(prefix, part);
  }
}
