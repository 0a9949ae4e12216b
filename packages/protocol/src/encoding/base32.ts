import { ProtocolError } from "../errors.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Encodes bytes as lower-case unpadded base32 (RFC 4648 section 6); 16 bytes make 26 characters. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (5 - bits)) & 31) : text;
}

/**
 * Decodes the one form that {@link encodeBase32} writes.
 *
 * @throws {@link ProtocolError} `E_CANON`
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw notBase32();
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  if (bits >= 5 || (held & ((1 << bits) - 1)) !== 0) throw notBase32();
  return bytes;
}

function notBase32(): ProtocolError {
  return new ProtocolError("E_CANON", "The text is not canonical base32.");
}
