import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { decodeKeyReference, KEY_REFERENCE_BYTES, type KeyReference } from "../handle/key-reference.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES, MAX_MESSAGE_BYTES } from "../policy/limits.ts";

/** First byte of every ciphertext: not ASCII, so text is never taken for one; the low nibble is the format's version. */
const FORMAT = 0xa1;
const HEADER_BYTES = 1 + KEY_REFERENCE_BYTES;
/** Bytes a ciphertext has beyond its plaintext. */
export const CIPHERTEXT_OVERHEAD_BYTES = HEADER_BYTES + GCM_IV_BYTES + GCM_TAG_BYTES;

/**
 * Encrypts into the self-describing form applications store.
 *
 * `0xa1 ‖ 16-byte key id ‖ u32be version ‖ 12-byte IV ‖ ciphertext ‖ 16-byte tag`; format byte, key id and version
 * are authenticated together with the caller's `aad`, so a ciphertext cannot be re-labelled.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_LIMIT`, `E_CRYPTO_INPUT`
 */
export function sealWithKey(handle: KeyHandle, plaintext: Uint8Array, aad?: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(CIPHERTEXT_OVERHEAD_BYTES + lengthOf(plaintext));
  out[0] = FORMAT;
  handle.writeReference(out, 1);
  const head = out.subarray(0, HEADER_BYTES);
  const { iv, ciphertext, tag } =
    aad === undefined ? handle.encryptSync(plaintext, head) : handle.encryptSync(plaintext, head, aad);
  out.set(iv, HEADER_BYTES);
  out.set(ciphertext, HEADER_BYTES + GCM_IV_BYTES);
  out.set(tag, out.byteLength - GCM_TAG_BYTES);
  return out;
}

/**
 * Reads which key version a ciphertext names, before anything about it is proven.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for bytes that are no ciphertext of this form
 */
export function parseCiphertextHeader(bytes: Uint8Array): KeyReference {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength < CIPHERTEXT_OVERHEAD_BYTES || bytes[0] !== FORMAT)
    throw new CryptoError("E_DECRYPT");
  const reference = decodeKeyReference(asBuffer(bytes), 1);
  if (reference === null) throw new CryptoError("E_DECRYPT");
  return reference;
}

/**
 * Decrypts what {@link sealWithKey} made under this very key version and `aad`.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for every ciphertext that does not open; `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`
 */
export function openWithKey(handle: KeyHandle, bytes: Uint8Array, aad?: Uint8Array): Buffer {
  const isSealed = bytes instanceof Uint8Array && bytes.byteLength >= CIPHERTEXT_OVERHEAD_BYTES && bytes[0] === FORMAT;
  if (!isSealed || !handle.hasReference(bytes, 1)) throw new CryptoError("E_DECRYPT");
  const buffer = asBuffer(bytes);
  const end = buffer.byteLength - GCM_TAG_BYTES;
  const parts = {
    iv: buffer.subarray(HEADER_BYTES, HEADER_BYTES + GCM_IV_BYTES),
    ciphertext: buffer.subarray(HEADER_BYTES + GCM_IV_BYTES, end),
    tag: buffer.subarray(end),
  };
  const header = buffer.subarray(0, HEADER_BYTES);
  return aad === undefined ? handle.decryptSync(parts, header) : handle.decryptSync(parts, header, aad);
}

/** Of what is no bytes: nothing; the handle refuses it. */
function lengthOf(plaintext: Uint8Array): number {
  const isMessage = plaintext instanceof Uint8Array && plaintext.byteLength <= MAX_MESSAGE_BYTES;
  return isMessage ? plaintext.byteLength : 0;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
