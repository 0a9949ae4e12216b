import { CryptoError } from "../errors.ts";

/** Names one version of one key. */
export interface KeyReference {
  readonly keyId: string;
  readonly version: number;
}

/** Size of an encoded {@link KeyReference}: 16 bytes of key id, version as u32 big-endian. */
export const KEY_REFERENCE_BYTES = 20;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const LETTERS = Buffer.from(ALPHABET, "latin1");
const PREFIX = "k_";
const spelled = Buffer.from(`${PREFIX}${"a".repeat(26)}`, "latin1");
const KEY_ID = /^k_[a-z2-7]{26}$/;

/**
 * Encodes a key reference into the 20 bytes that ciphertexts carry.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` when the id is not `k_` and 26 base32 characters of 16 bytes, or
 * the version is not between 1 and 2^32 - 1
 */
export function encodeKeyReference(reference: KeyReference): Buffer {
  const { keyId, version } = reference;
  if (
    typeof keyId !== "string" ||
    !KEY_ID.test(keyId) ||
    !Number.isSafeInteger(version) ||
    version < 1 ||
    version > 0xffffffff
  ) {
    throw new CryptoError("E_CRYPTO_INPUT", "A key reference is a key id and a version from 1.");
  }
  const out = Buffer.alloc(KEY_REFERENCE_BYTES);
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const character of keyId.slice(2)) {
    value = (value << 5) | ALPHABET.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = value >>> bits;
      value &= (1 << bits) - 1;
    }
  }
  if (value !== 0) throw new CryptoError("E_CRYPTO_INPUT", "The key id has bits beyond its 16 bytes.");
  out.writeUInt32BE(version, 16);
  return out;
}

/** Reads a key reference at `offset`; null when the version is 0. Caller must: have checked the length. */
export function decodeKeyReference(bytes: Buffer, offset: number): KeyReference | null {
  const version = bytes.readUInt32BE(offset + 16);
  if (version === 0) return null;
  let at = PREFIX.length;
  let bits = 0;
  let value = 0;
  for (let from = offset; from < offset + 16; from += 1) {
    value = (value << 8) | bytes.readUInt8(from);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      spelled[at++] = LETTERS[(value >>> bits) & 31] as number;
    }
    value &= 31;
  }
  spelled[at] = LETTERS[(value << (5 - bits)) & 31] as number;
  const keyId = spelled.toString("latin1"); // one flat string: it is looked up at once
  return { keyId, version };
}
