import { findUtf8, ownText } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import {
  type CanonicalObject,
  type CanonicalValue,
  isMemberName,
  MAX_DEPTH,
  MAX_DOCUMENT_BYTES,
} from "./canonical-value.ts";
import { encodeText } from "./encode-canonical.ts";
import { type KnownPart, type KnownParts, LIST_DEPTH, PART_DEPTH } from "./known-parts.ts";
import { isPlainText } from "./plain-text.ts";

/**
 * Reads a document in canonical form and nothing else.
 *
 * Size, then fatal UTF-8, then a parser that knows no other spelling, then our encoder over the result: a document is
 * accepted only if that gives back the same text, so that what was signed and what is read cannot differ. UTF-8 has one
 * spelling of every text, so that the same text is the same bytes.
 *
 * @param maxBytes - Largest size; 64 KiB unless the kind of document says otherwise.
 * @param parts - What was read in documents of this kind before. It changes no answer.
 * @returns Objects without a prototype.
 * @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`
 * @see docs/spec/canonical-bytes.md
 */
export function parseCanonical(
  bytes: Uint8Array,
  maxBytes: number = MAX_DOCUMENT_BYTES,
  parts: KnownParts | null = null,
): CanonicalObject {
  if (bytes.length > maxBytes) {
    throw new ProtocolError("E_LIMIT", "The document is too large.", { size: bytes.length, most: maxBytes });
  }
  const text = findUtf8(bytes);
  if (text === null) throw new ProtocolError("E_CANON", "The document is not UTF-8.");
  const parser = new Parser(text, parts);
  const document = parser.document();
  if (encodeText(document, parts) !== text) {
    throw new ProtocolError("E_CANON", "The document is not in canonical form.");
  }
  for (const part of parser.fresh) parts?.keep(part);
  return document;
}

/** Characters of a string that stand for themselves. */
const RUN = /[^"\\]+/y;
const INTEGER = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;

class Parser {
  readonly #text: string;
  readonly #parts: KnownParts | null;
  /** Parts that nobody knew. */
  readonly fresh: KnownPart[] = [];
  #at = 0;

  constructor(text: string, parts: KnownParts | null) {
    this.#text = text;
    this.#parts = parts;
  }

  document(): CanonicalObject {
    if (this.#text[0] !== "{") throw this.#refuse();
    const document = this.#object(1);
    if (this.#at !== this.#text.length) throw this.#refuse();
    return document;
  }

  #value(depth: number): CanonicalValue {
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === "{")
      return depth === PART_DEPTH && this.#parts !== null ? this.#part(this.#parts, depth) : this.#object(depth);
    if (first === "[")
      return depth === LIST_DEPTH && this.#parts !== null ? this.#part(this.#parts, depth) : this.#array(depth);
    if (this.#takeWord("true")) return true;
    if (this.#takeWord("false")) return false;
    return this.#integer();
  }

  /** From the same first character on the same text is the same object, whatever follows. */
  #part(parts: KnownParts, depth: number): KnownPart["value"] {
    const known = parts.find(this.#text, this.#at);
    if (known !== null) {
      this.#at += known.text.length;
      return known.value;
    }
    const from = this.#at;
    const value = depth === LIST_DEPTH ? this.#array(depth) : this.#object(depth);
    this.fresh.push({ text: this.#text.slice(from, this.#at), value });
    return value;
  }

  #object(depth: number): CanonicalObject {
    if (depth > MAX_DEPTH) throw this.#refuse();
    const object: Record<string, CanonicalValue> = Object.create(null);
    let previous = "";
    this.#take("{");
    if (this.#takeIf("}")) return object;
    do {
      const name = this.#characters();
      // Sorted means strictly rising, so a name can also not come twice.
      if (!isMemberName(name) || name <= previous) throw this.#refuse();
      this.#take(":");
      object[name] = this.#value(depth + 1);
      previous = name;
    } while (this.#takeIf(","));
    this.#take("}");
    return object;
  }

  #array(depth: number): CanonicalValue[] {
    if (depth > MAX_DEPTH) throw this.#refuse();
    const items: CanonicalValue[] = [];
    this.#take("[");
    if (this.#takeIf("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#takeIf(","));
    this.#take("]");
    return items;
  }

  #string(): string {
    const value = this.#characters();
    if (!isPlainText(value)) throw this.#refuse();
    // Whoever keeps such documents keeps many: not the text of each for a few members of it.
    return this.#parts === null ? value : ownText(value);
  }

  #characters(): string {
    this.#take('"');
    let value = "";
    for (;;) {
      RUN.lastIndex = this.#at;
      const end = RUN.test(this.#text) ? RUN.lastIndex : this.#at;
      value += this.#text.slice(this.#at, end);
      this.#at = end;
      if (this.#takeIf('"')) break;
      this.#take("\\");
      const escaped = this.#text[this.#at];
      // Every other escape stands for a character that has a shorter spelling or may not occur.
      if (escaped !== '"' && escaped !== "\\") throw this.#refuse();
      this.#at += 1;
      value += escaped;
    }
    return value;
  }

  #integer(): number {
    INTEGER.lastIndex = this.#at;
    if (!INTEGER.test(this.#text)) throw this.#refuse();
    const value = Number(this.#text.slice(this.#at, INTEGER.lastIndex));
    if (!Number.isSafeInteger(value)) throw this.#refuse();
    this.#at = INTEGER.lastIndex;
    return value;
  }

  #takeWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #takeIf(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(character: string): void {
    if (!this.#takeIf(character)) throw this.#refuse();
  }

  #refuse(): ProtocolError {
    return new ProtocolError("E_CANON", "The document is not in canonical form.", { at: this.#at });
  }
}
