import { KmipError } from "../../errors.ts";
import { enumerationName, enumerationValue, maskBits, maskWords, type TagName } from "../../tags/names.ts";
import type { Limits } from "../limits.ts";
import { type Ttlv, TYPE } from "../ttlv.ts";
import { isoFromMicroseconds, isoFromSeconds, microsecondsFromIso } from "./date-text.ts";

// Values as the XML and JSON encodings write them. KMIP Additional Message Encodings 1.0, 4.1.5 and 6.1.5.

/** Refuses a text for what it says of an item. */
export function badText(message: string, detail: Readonly<Record<string, string | number>> = {}): never {
  throw new KmipError("E_KMIP_TEXT", message, detail);
}

const INT32 = { from: -0x8000_0000n, to: 0x7fff_ffffn };
const UINT32 = { from: 0n, to: 0xffff_ffffn };
const INT64 = { from: -(2n ** 63n), to: 2n ** 63n - 1n };

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
const hex8 = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
const hex16 = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16).padStart(16, "0")}`;

/** A whole number in decimal, or hexadecimal of exactly as many digits as its type has, which is two's complement. */
function parseNumber(text: string, digits: 8 | 16, { from, to }: { from: bigint; to: bigint }): bigint {
  if (/^0x[0-9A-Fa-f]{1,16}$/.test(text) && text.length - 2 <= digits) {
    const raw = BigInt(text);
    return from < 0n ? BigInt.asIntN(digits * 4, raw) : raw;
  }
  if (!/^-?\d{1,20}$/.test(text)) badText("not a whole number");
  const value = BigInt(text);
  return value < from || value > to ? badText("a number is out of range") : value;
}

/** Bytes from hexadecimal digits. */
export function parseHex(text: string): Buffer {
  if (text.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(text)) badText("not hexadecimal");
  return Buffer.from(text, "hex");
}

function parseInteger(text: string, naming: TagName | null): number {
  if (/^(?:-?\d|0x)/.test(text)) return Number(parseNumber(text, 8, INT32));
  let bits = 0;
  for (const word of text.split(/[\s|]+/).filter((each) => each !== "")) {
    bits |= /^0x/.test(word)
      ? Number(parseNumber(word, 8, INT32))
      : ((naming && maskBits(naming, [word])) ?? badText("not a word of the mask"));
  }
  return bits;
}

function parseEnumeration(text: string, naming: TagName | null): number {
  if (/^(?:\d|0x)/.test(text)) return Number(parseNumber(text, 8, UINT32));
  return (naming && enumerationValue(naming, text)) ?? badText("not a name of the enumeration");
}

function parseDate(text: string): bigint {
  return text.startsWith("0x")
    ? parseNumber(text, 16, INT64) * 1_000_000n
    : (microsecondsFromIso(text) ?? badText("not a date"));
}

function parseSeconds(text: string): number {
  const seconds = Number(parseDate(text) / 1_000_000n);
  return Number.isSafeInteger(seconds) ? seconds : badText("a time is out of range");
}

function parseBoolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  const value = parseNumber(text, 16, INT64);
  return value === 0n || value === 1n ? value === 1n : badText("not a boolean");
}

function parseBigInteger(text: string): Buffer {
  const bytes = parseHex(text.startsWith("0x") ? text.slice(2) : text);
  return bytes.length > 0 && bytes.length % 8 === 0 ? bytes : badText("a big integer is not a multiple of eight bytes");
}

/** What an item is, before its value is read. */
export interface ItemHead {
  readonly tag: number;
  readonly type: number;
  /** The tag whose enumeration or mask gives the names, see `namingTag`. */
  readonly naming: TagName | null;
}

/**
 * Makes an item that is no structure from the text of its value.
 *
 * @throws KmipError `E_KMIP_TEXT`, `E_KMIP_LIMIT`
 */
export function itemFromText({ tag, type, naming }: ItemHead, text: string, limits: Limits): Ttlv {
  switch (type) {
    case TYPE.Integer:
      return { tag, type, value: parseInteger(text, naming) };
    case TYPE.LongInteger:
      return { tag, type, value: parseNumber(text, 16, INT64) };
    case TYPE.BigInteger:
      return { tag, type, value: checkLength(parseBigInteger(text), limits) };
    case TYPE.Enumeration:
      return { tag, type, value: parseEnumeration(text, naming) };
    case TYPE.Boolean:
      return { tag, type, value: parseBoolean(text) };
    case TYPE.TextString:
      if (!text.isWellFormed()) badText("a text is not well-formed Unicode");
      checkLength({ length: Buffer.byteLength(text) }, limits);
      return { tag, type, value: text };
    case TYPE.ByteString:
      return { tag, type, value: parseHex(text) };
    case TYPE.DateTime:
      return { tag, type, value: parseSeconds(text) };
    case TYPE.Interval:
      return { tag, type, value: Number(parseNumber(text, 8, UINT32)) };
    case TYPE.DateTimeExtended:
      return { tag, type, value: text.startsWith("0x") ? parseNumber(text, 16, INT64) : parseDate(text) };
    default:
      return badText("a structure has no value");
  }
}

function checkLength<T extends { readonly length: number }>(value: T, { maxTextBytes: limit }: Limits): T {
  if (value.length > limit) throw new KmipError("E_KMIP_LIMIT", "a value is too long", { length: value.length, limit });
  return value;
}

/** The text of an item that is no structure, as XML writes it; `between` joins the words of a mask. */
export function textFromItem(
  item: Exclude<Ttlv, { type: typeof TYPE.Structure }>,
  naming: TagName | null,
  between: " " | "|",
): string {
  switch (item.type) {
    case TYPE.Integer:
      return (naming && maskWords(naming, item.value)?.join(between)) ?? String(item.value);
    case TYPE.Enumeration:
      return (naming && enumerationName(naming, item.value)) ?? hex8(item.value);
    case TYPE.ByteString:
    case TYPE.BigInteger:
      return hex(item.value);
    case TYPE.DateTime:
      return isoFromSeconds(item.value) ?? hex16(BigInt(item.value));
    case TYPE.DateTimeExtended:
      return isoFromMicroseconds(item.value) ?? hex16(item.value);
    case TYPE.TextString:
      return item.value;
    default:
      return String(item.value);
  }
}
