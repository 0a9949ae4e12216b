/** What strict JSON may hold. Objects are maps: no name of a member means anything to the language. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

const MAX_DEPTH = 8;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;

/** Thrown inside this file only. */
class NotJson extends SyntaxError {}

/**
 * Reads JSON by the grammar of RFC 8259, refusing names that come twice in an object at any level and names spelt with
 * escapes, on which other parsers disagree.
 *
 * @returns The value, or `undefined` when the text is not such JSON.
 */
export function findStrictJson(text: string): JsonValue | undefined {
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(1);
    if (this.#at !== this.#text.length) throw new NotJson();
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new NotJson();
    this.#match(SPACE);
    const value = this.#bareValue(depth);
    this.#match(SPACE);
    return value;
  }

  #bareValue(depth: number): JsonValue {
    const first = this.#text[this.#at];
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#array(depth);
    if (first === '"') return this.#string();
    const word = this.#find(WORD);
    if (word !== null) return word === "null" ? null : word === "true";
    return Number(this.#match(NUMBER));
  }

  #object(depth: number): ReadonlyMap<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    this.#take("{");
    this.#match(SPACE);
    if (this.#takeIf("}")) return members;
    do {
      this.#match(SPACE);
      const spelt = this.#match(STRING);
      const name = spelt.slice(1, -1);
      if (spelt.includes("\\") || members.has(name)) throw new NotJson();
      this.#match(SPACE);
      this.#take(":");
      members.set(name, this.#value(depth + 1));
    } while (this.#takeIf(","));
    this.#take("}");
    return members;
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#take("[");
    this.#match(SPACE);
    if (this.#takeIf("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#takeIf(","));
    this.#take("]");
    return items;
  }

  #string(): string {
    return JSON.parse(this.#match(STRING));
  }

  #match(pattern: RegExp): string {
    const found = this.#find(pattern);
    if (found === null) throw new NotJson();
    return found;
  }

  #find(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return null;
    const found = this.#text.slice(this.#at, pattern.lastIndex);
    this.#at = pattern.lastIndex;
    return found;
  }

  #takeIf(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(character: string): void {
    if (!this.#takeIf(character)) throw new NotJson();
  }
}
