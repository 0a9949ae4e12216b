import { KmipError } from "../../errors.ts";
import type { Limits } from "../limits.ts";
import { badText } from "../text/value-text.ts";

/** One element: its name, its attributes, the elements in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 does not have.
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Whether XML 1.0 can carry every character of a text. */
export function isXmlText(text: string): boolean {
  return text.isWellFormed() && !NOT_XML.test(text);
}

function reference(name: string): string {
  if (!name.startsWith("#")) return ENTITIES[name] ?? badText("an entity that is not one of the five");
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  if (!(code > 0 && code <= 0x10ffff)) badText("a character reference to no character");
  const character = String.fromCodePoint(code);
  return isXmlText(character) ? character : badText("a character reference to no character");
}

/** An attribute's value as XML 1.0 section 3.3.3 normalises it. */
function attributeText(raw: string): string {
  const spaced = /[\t\r\n]/.test(raw) ? raw.replace(/\r\n|[\t\r\n]/g, " ") : raw;
  if (!spaced.includes("&")) return spaced;
  if (/&(?!(?:[a-z]{1,5}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/.test(spaced)) badText("an ampersand begins no reference");
  return spaced.replace(/&([^;&]{1,8});/g, (_, name: string) => reference(name));
}

const SPACE = /[ \t\r\n]*/y;
const DECLARATION = /<\?xml[ \t\r\n][^<>?]{0,100}\?>/y;
const COMMENT_START = /<!--/y;
const OPEN = /<([A-Za-z_][A-Za-z0-9_.-]{0,99})/y;
const CLOSE = /<\/([A-Za-z_][A-Za-z0-9_.-]{0,99})[ \t\r\n]*>/y;
const ATTRIBUTE = /[ \t\r\n]+([A-Za-z_][A-Za-z0-9_.:-]{0,99})[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;
const END = /[ \t\r\n]*(\/?)>/y;

/** Reads the closed subset of XML that KMIP messages need, front to back, without looking back. */
class XmlReader {
  readonly #text: string;
  readonly #limits: Limits;
  #at = 0;
  #elements = 0;

  constructor(text: string, limits: Limits) {
    this.#text = text;
    this.#limits = limits;
  }

  document(): XmlElement {
    this.#match(DECLARATION);
    this.#skip();
    const root = this.#element(0) ?? badText("no element");
    this.#skip();
    if (this.#at !== this.#text.length) badText("something follows the message", { offset: this.#at });
    return root;
  }

  #element(depth: number): XmlElement | null {
    const [, name] = this.#match(OPEN) ?? [];
    if (name === undefined) return null;
    if (depth > this.#limits.maxDepth) this.#tooMuch("elements are nested too deep", this.#limits.maxDepth);
    if (++this.#elements > this.#limits.maxItems) this.#tooMuch("too many elements", this.#limits.maxItems);
    const attributes = this.#attributes();
    const end = this.#match(END) ?? badText("a tag does not end", { offset: this.#at });
    return { name, attributes, children: end[1] === "/" ? [] : this.#children(name, depth + 1) };
  }

  #attributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (let found = this.#match(ATTRIBUTE); found; found = this.#match(ATTRIBUTE)) {
      const [, name = "", double, single = ""] = found;
      if (attributes.has(name) || attributes.size > 8) badText("an attribute too many", { offset: this.#at });
      attributes.set(name, attributeText(double ?? single));
    }
    return attributes;
  }

  #children(parent: string, depth: number): readonly XmlElement[] {
    const children: XmlElement[] = [];
    for (;;) {
      this.#skip();
      const child = this.#element(depth);
      if (!child) break;
      children.push(child);
    }
    if (this.#match(CLOSE)?.[1] !== parent) badText("an element does not end where it should", { offset: this.#at });
    return children;
  }

  /** Passes over white space and comments: the only things between elements. */
  #skip(): void {
    this.#match(SPACE);
    while (this.#match(COMMENT_START)) {
      const end = this.#text.indexOf("--", this.#at);
      if (end < 0 || this.#text[end + 2] !== ">") badText("a comment does not end", { offset: this.#at });
      this.#at = end + 3;
      this.#match(SPACE);
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #tooMuch(message: string, limit: number): never {
    throw new KmipError("E_KMIP_LIMIT", message, { limit, offset: this.#at });
  }
}

/**
 * Reads a text of XML as elements and attributes, and nothing else: no document type, no entities but the five and
 * character references, no processing instructions, no CDATA, no text between elements.
 *
 * @throws KmipError `E_KMIP_TEXT`, `E_KMIP_LIMIT`
 */
export function readXmlElements(text: string, limits: Limits): XmlElement {
  if (text.length > limits.maxBytes) {
    throw new KmipError("E_KMIP_LIMIT", "a message is too large", { length: text.length, limit: limits.maxBytes });
  }
  if (!isXmlText(text)) badText("a character that XML does not have");
  return new XmlReader(text, limits).document();
}
