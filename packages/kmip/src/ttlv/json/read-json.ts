import { KmipError } from "../../errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { namingTag, tagFromText } from "../text/naming.ts";
import { badText, itemFromText, parseHex } from "../text/value-text.ts";
import { structure, type Ttlv, TYPE } from "../ttlv.ts";

const KNOWN = new Set(["tag", "name", "type", "value"]);

/** Builds items from what `JSON.parse` gave. */
class JsonReader {
  readonly #limits: Limits;
  #items = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  item(json: unknown, before: readonly Ttlv[], depth: number): Ttlv {
    if (typeof json !== "object" || json === null || Array.isArray(json)) badText("an item is not an object");
    if (++this.#items > this.#limits.maxItems) this.#tooMuch("too many items", this.#limits.maxItems);
    if (Object.keys(json).some((key) => !KNOWN.has(key))) badText("a member that is not known");
    const { tag: tagged, type: typed = "Structure", value } = json as Record<string, unknown>;
    const tag = (typeof tagged === "string" ? tagFromText(tagged) : null) ?? badText("not a tag of KMIP");
    const known = typeof typed === "string" && Object.hasOwn(TYPE, typed);
    const type = known ? TYPE[typed as keyof typeof TYPE] : badText("a type that is not known", { tag });
    if (type === TYPE.Structure) return structure(tag, this.#children(value, depth + 1));
    return itemFromText({ tag, type, naming: namingTag(tag, before) }, valueText(type, value), this.#limits);
  }

  #children(value: unknown, depth: number): readonly Ttlv[] {
    if (depth > this.#limits.maxDepth) this.#tooMuch("structures are nested too deep", this.#limits.maxDepth);
    if (!Array.isArray(value)) badText("the value of a structure is not an array");
    const children: Ttlv[] = [];
    for (const each of value) children.push(this.item(each, children, depth));
    return children;
  }

  #tooMuch(message: string, limit: number): never {
    throw new KmipError("E_KMIP_LIMIT", message, { limit });
  }
}

/** A value as text: JSON's numbers and booleans where the type has them, a string for every type. */
function valueText(type: number, value: unknown): string {
  if (typeof value === "boolean" && type === TYPE.Boolean) return String(value);
  const isNumber =
    type === TYPE.Integer || type === TYPE.LongInteger || type === TYPE.Interval || type === TYPE.Enumeration;
  if (typeof value === "number" && isNumber)
    return Number.isSafeInteger(value) ? String(value) : badText("not a whole number");
  if (typeof value !== "string") badText("a value is not of its type");
  return type === TYPE.BigInteger && value.startsWith("0x") ? bigIntegerText(value) : value;
}

/** JSON writes a Big Integer as few digits as it likes: the sign fills it up to a multiple of eight bytes. */
function bigIntegerText(value: string): string {
  const digits = value.slice(2);
  const bytes = parseHex(digits.length % 2 ? `0${digits}` : digits);
  const missing = (8 - (bytes.length % 8)) % 8;
  const sign = (bytes[0] ?? 0) >= 0x80 && digits.length % 2 === 0 ? "ff" : "00";
  return `${sign.repeat(missing)}${bytes.toString("hex")}`;
}

/**
 * Reads an item from KMIP's JSON encoding. Limits count characters and items of the text.
 *
 * Treats `text` as hostile.
 *
 * @throws {@link KmipError} `E_KMIP_TEXT`, `E_KMIP_LIMIT`
 * @see KMIP Additional Message Encodings 1.0 section 4; KMIP Profiles 2.1 section 5.3
 */
export function readJson(text: string, limits: Limits = DEFAULT_LIMITS): Ttlv {
  if (text.length > limits.maxBytes) {
    throw new KmipError("E_KMIP_LIMIT", "a message is too large", { length: text.length, limit: limits.maxBytes });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    badText("not JSON");
  }
  return new JsonReader(limits).item(json, [], 0);
}
