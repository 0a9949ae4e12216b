import type { Canonical } from "../brand.ts";
import { utf8 } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import { type CanonicalObject, isMemberName, MAX_DEPTH } from "./canonical-value.ts";
import { isPlainText } from "./plain-text.ts";

/**
 * Encodes a document in its one canonical form: a subset of RFC 8785 (JCS).
 *
 * @throws {@link ProtocolError} `E_CANON` for a value that no document may hold
 * @see docs/spec/canonical-bytes.md
 */
export function encodeCanonical<T extends CanonicalObject>(document: T): Canonical<T> {
  return utf8(encodeValue(document, 1));
}

const QUOTED = /["\\]/;

function encodeValue(value: unknown, depth: number): string {
  if (typeof value === "string") return encodeString(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return encodeInteger(value);
  if (typeof value !== "object" || value === null)
    throw notCanonical("A value is of a kind that documents do not have.");
  if (depth > MAX_DEPTH) throw notCanonical("The document is nested too deeply.");
  // Array.from sees holes as undefined, which is refused; map would leave them out.
  if (Array.isArray(value)) return `[${Array.from(value, (item) => encodeValue(item, depth + 1)).join(",")}]`;
  return encodeObject(value as Readonly<Record<string, unknown>>, depth);
}

function encodeObject(object: Readonly<Record<string, unknown>>, depth: number): string {
  let members = "";
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member === undefined) continue;
    if (!isMemberName(name)) throw notCanonical("A member has a name that documents do not have.");
    members += `${members === "" ? "" : ","}"${name}":${encodeValue(member, depth + 1)}`;
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
