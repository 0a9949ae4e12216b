import { ProtocolError } from "../errors.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Int8Array(128).fill(-1);
for (let index = 0; index < ALPHABET.length; index += 1) VALUES[ALPHABET.charCodeAt(index)] = index;

/** Encodes bytes as unpadded base64url (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
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

/** Decodes canonical base64url; null for anything else. */
export function findBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (typeof text !== "string" || text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    const value = VALUES[text.charCodeAt(index)] ?? -1;
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : null;
}
