import { ProtocolError } from "../errors.ts";
import { type Native, native } from "../platform/native.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** By UTF-16 unit: any that is no character of the alphabet makes what it is joined with negative. */
const VALUES = new Int8Array(65_536).fill(-1);
for (let index = 0; index < ALPHABET.length; index += 1) VALUES[ALPHABET.charCodeAt(index)] = index;

/** Encodes bytes as unpadded base64url (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return native === null ? encodePortably(bytes) : native.view(bytes).toString("base64url");
}

/** The same in the language alone. */
export function encodePortably(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const block = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += ALPHABET.charAt(block >> 18) + ALPHABET.charAt((block >> 12) & 63);
    if (left > 1) text += ALPHABET.charAt((block >> 6) & 63);
    if (left > 2) text += ALPHABET.charAt(block & 63);
  }
  return text;
}

/**
 * Decodes base64url in its one canonical form: no padding, no other characters, no stray bits at the end.
 *
 * @throws {@link ProtocolError} `E_CANON`
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = findBase64url(text);
  if (bytes === null) throw new ProtocolError("E_CANON", "The text is not canonical base64url.");
  return bytes;
}

/** Below this many characters the language alone is as fast as a call into the platform. */
const LEAST_NATIVE = 128;

/** Decodes canonical base64url; null for anything else. */
export function findBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (native !== null && typeof text === "string" && text.length >= LEAST_NATIVE) return findNatively(text, native);
  return findPortably(text);
}

/** Node reads spellings that are not canonical as well: only what it writes again as the same text was canonical. */
export function findNatively(text: string, { view }: Native): Uint8Array<ArrayBuffer> | null {
  const size = sizeOf(text);
  if (size < 0) return null;
  const bytes = new Uint8Array(size);
  const seen = view(bytes);
  return seen.write(text, "base64url") === size && seen.toString("base64url") === text ? bytes : null;
}

/** Decodes canonical base64url in the language alone; null for anything else. */
export function findPortably(text: string): Uint8Array<ArrayBuffer> | null {
  const size = typeof text === "string" ? sizeOf(text) : -1;
  if (size < 0) return null;
  const bytes = new Uint8Array(size);
  const whole = text.length - (text.length % 4);
  let at = 0;
  let seen = 0; // negative as soon as one character is none of the alphabet
  for (let index = 0; index < whole; index += 4) {
    const a = VALUES[text.charCodeAt(index)] as number;
    const b = VALUES[text.charCodeAt(index + 1)] as number;
    const c = VALUES[text.charCodeAt(index + 2)] as number;
    const d = VALUES[text.charCodeAt(index + 3)] as number;
    seen |= a | b | c | d;
    bytes[at] = (a << 2) | (b >> 4);
    bytes[at + 1] = (b << 4) | (c >> 2);
    bytes[at + 2] = (c << 6) | d;
    at += 3;
  }
  if (whole < text.length) {
    const [a, b] = [valueAt(text, whole), valueAt(text, whole + 1)];
    const c = text.length - whole === 3 ? valueAt(text, whole + 2) : 0;
    seen |= a | b | c;
    bytes[at] = (a << 2) | (b >> 4);
    if (text.length - whole === 3) bytes[at + 1] = (b << 4) | (c >> 2);
  }
  return seen < 0 || hasStrayBits(text) ? null : bytes;
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** How many bytes a text of canonical base64url stands for; -1 for any other text. */
export function base64urlSize(text: string): number {
  const size = sizeOf(text);
  return size >= 0 && BASE64URL.test(text) && !hasStrayBits(text) ? size : -1;
}

function sizeOf(text: string): number {
  return text.length % 4 === 1 ? -1 : Math.floor((text.length * 3) / 4);
}

/** Whether the last character says more than the last byte has. */
function hasStrayBits(text: string): boolean {
  const left = text.length % 4;
  if (left === 0) return false;
  return (valueAt(text, text.length - 1) & (left === 2 ? 15 : 3)) !== 0;
}

function valueAt(text: string, index: number): number {
  return VALUES[text.charCodeAt(index)] as number;
}
