import { equalBytes, findUtf8 } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import {
  type CanonicalObject,
  type CanonicalValue,
  isMemberName,
  MAX_DEPTH,
  MAX_DOCUMENT_BYTES,
} from "./canonical-value.ts";
import { encodeCanonical } from "./encode-canonical.ts";
import { isPlainText } from "./plain-text.ts";

/**
 * Reads a document in canonical form and nothing else.
 *
 * Size, then fatal UTF-8, then a parser that knows no other spelling, then our encoder over the result: a document is
 * accepted only if that gives back the same bytes, so that what was signed and what is read cannot differ.
 *
 * @param maxBytes - Largest size; 64 KiB unless the kind of document says otherwise.
 * @returns Objects without a prototype.
 * @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`
 * @see docs/spec/canonical-bytes.md
 */
export function parseCanonical(bytes: Uint8Array, maxBytes: number = MAX_DOCUMENT_BYTES): CanonicalObject {
  if (bytes.length > maxBytes) {
    throw new ProtocolError("E_LIMIT", "The document is too large.", { size: bytes.length, most: maxBytes });
  }
  const text = findUtf8(bytes);
  if (text === null) throw new ProtocolError("E_CANON", "The document is not UTF-8.");
  const document = new Parser(text).document();
  if (!equalBytes(encodeCanonical(document), bytes)) {
    throw new ProtocolError("E_CANON", "The document is not in canonical form.");
  }
  return document;
}

/** Characters of a string that stand for themselves. */
const RUN = /[^"\\]+/y;
const INTEGER = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
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
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#array(depth);
    if (this.#takeWord("true")) return true;
    if (this.#takeWord("false")) return false;
    return this.#integer();
  }

  #object(depth: number): CanonicalObject {
    if (depth > MAX_DEPTH) throw this.#refuse();
    const object: Record<string, CanonicalValue> = Object.create(null);
    let previous = "";
    this.#take("{");
    if (this.#takeIf("}")) return object;
    do {
      const name = this.#string();
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
    this.#take('"');
    let value = "";
    for (;;) {
      RUN.lastIndex = this.#at;
      const run = RUN.exec(this.#text)?.[0] ?? "";
      value += run;
      this.#at += run.length;
      if (this.#takeIf('"')) break;
      this.#take("\\");
      const escaped = this.#text[this.#at];
      // Every other escape stands for a character that has a shorter spelling or may not occur.
      if (escaped !== '"' && escaped !== "\\") throw this.#refuse();
      this.#at += 1;
      value += escaped;
    }
    if (!isPlainText(value)) throw this.#refuse();
    return value;
  }

  #integer(): number {
    INTEGER.lastIndex = this.#at;
    const digits = INTEGER.exec(this.#text)?.[0];
    const value = Number(digits);
    if (digits === undefined || !Number.isSafeInteger(value)) throw this.#refuse();
    this.#at += digits.length;
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
