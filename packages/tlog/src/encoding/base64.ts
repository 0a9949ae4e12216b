import { TlogError } from "../errors.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUE = new Map([...ALPHABET].map((char, value) => [char, value]));

/** Encodes bytes as padded standard base64 (RFC 4648 section 4), the form C2SP texts use. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    text += ALPHABET[group >> 18];
    text += ALPHABET[(group >> 12) & 63];
    text += left > 1 ? ALPHABET[(group >> 6) & 63] : "=";
    text += left > 2 ? ALPHABET[group & 63] : "=";
  }
  return text;
}

/**
 * Decodes padded standard base64, accepting exactly one spelling of each byte string.
 *
 * @throws {@link TlogError} `V_MALFORMED` for foreign characters, missing padding or non-zero trailing bits.
 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new TlogError("V_MALFORMED", "base64 length is not a multiple of four");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let from = 0; from < text.length; from += 4) {
    const last = from + 4 === text.length;
    let group = 0;
    for (let i = 0; i < 4; i++) {
      const filler = last && i >= 4 - padding;
      const value = filler ? 0 : VALUE.get(text.charAt(from + i));
      if (value === undefined) throw new TlogError("V_MALFORMED", "foreign character in base64");
      group = (group << 6) | value;
    }
    for (const byte of [group >> 16, (group >> 8) & 255, group & 255]) {
      if (at < bytes.length) bytes[at++] = byte;
      else if (byte !== 0) throw new TlogError("V_MALFORMED", "trailing bits in base64");
    }
  }
  return bytes;
}
