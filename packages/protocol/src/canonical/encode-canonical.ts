import type { Canonical } from "../brand.ts";
import { utf8 } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import { type CanonicalObject, isMemberName, MAX_DEPTH } from "./canonical-value.ts";
import type { KnownParts } from "./known-parts.ts";
import { isPlainText } from "./plain-text.ts";

/**
 * Encodes a document in its one canonical form: a subset of RFC 8785 (JCS).
 *
 * @throws {@link ProtocolError} `E_CANON` for a value that no document may hold
 * @see docs/spec/canonical-bytes.md
 */
export function encodeCanonical<T extends CanonicalObject>(document: T): Canonical<T> {
  return utf8(encodeText(document));
}

/**
 * The same as text.
 *
 * @param parts - Objects and lists whose text is known, and need not be written again.
 * @throws {@link ProtocolError} `E_CANON`
 */
export function encodeText(document: CanonicalObject, parts: KnownParts | null = null): string {
  return encodeValue(document, 1, parts);
}

const QUOTED = /["\\]/;

function encodeValue(value: unknown, depth: number, parts: KnownParts | null): string {
  if (typeof value === "string") return encodeString(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return encodeInteger(value);
  if (typeof value !== "object" || value === null)
    throw notCanonical("A value is of a kind that documents do not have.");
  if (depth > MAX_DEPTH) throw notCanonical("The document is nested too deeply.");
  const known = parts?.textOf(value, depth);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return encodeList(value, depth, parts);
  return encodeObject(value as Readonly<Record<string, unknown>>, depth, parts);
}

function encodeList(list: readonly unknown[], depth: number, parts: KnownParts | null): string {
  let items = "";
  // By index, which sees holes as undefined: that is refused.
  for (let index = 0; index < list.length; index += 1)
    items += `${index === 0 ? "" : ","}${encodeValue(list[index], depth + 1, parts)}`;
  return `[${items}]`;
}

function encodeObject(object: Readonly<Record<string, unknown>>, depth: number, parts: KnownParts | null): string {
  let members = "";
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member === undefined) continue;
    if (!isMemberName(name)) throw notCanonical("A member has a name that documents do not have.");
    members += `${members === "" ? "" : ","}"${name}":${encodeValue(member, depth + 1, parts)}`;
  }
  return `{${members}}`;
}

function encodeInteger(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
    throw notCanonical("A number is not an integer from 0 to 2^53-1.");
  }
  return String(value);
}

function encodeString(value: string): string {
  if (!isPlainText(value)) throw notCanonical("A string is not NFC or holds characters that cannot be seen.");
  return `"${QUOTED.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
}

function notCanonical(message: string): ProtocolError {
  return new ProtocolError("E_CANON", message);
}
