import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";

/** `KW` wraps whole 64-bit blocks (RFC 3394), `KWP` any length from one byte (RFC 5649). */
export type KeyWrapForm = "KW" | "KWP";

const CIPHERS: Readonly<Record<KeyWrapForm, Readonly<Record<number, string>>>> = {
  KW: { 16: "id-aes128-wrap", 24: "id-aes192-wrap", 32: "id-aes256-wrap" },
  KWP: {
    16: "id-aes128-wrap-pad",
    24: "id-aes192-wrap-pad",
    32: "id-aes256-wrap-pad",
  },
};
const DEFAULT_IV: Readonly<Record<KeyWrapForm, Buffer>> = {
  KW: Buffer.from("a6a6a6a6a6a6a6a6", "hex"),
  KWP: Buffer.from("a65959a6", "hex"),
};
const MAX_WRAP_BYTES = 64 * 1024;

/**
 * Wraps key bytes under an AES key. Inside this package only: it is the primitive, wrap-*.ts give it keys.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for a length the form does not take
 * @see RFC 3394 section 2.2.1; RFC 5649 section 4.1; SP 800-38F
 */
export function aesKeyWrap(form: KeyWrapForm, key: KeyObject, material: Uint8Array): Buffer {
  const size = material.byteLength;
  const fits = form === "KW" ? size >= 16 && size % 8 === 0 : size >= 1;
  if (!fits || size > MAX_WRAP_BYTES)
    throw new CryptoError("E_CRYPTO_INPUT", "The material has a length this form of key wrap does not take.");
  const cipher = createCipheriv(cipherOf(form, key), key, DEFAULT_IV[form]);
  return Buffer.concat([cipher.update(material), cipher.final()]);
}

/**
 * Unwraps key bytes; the caller wipes them. Inside this package only.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for anything that was not wrapped so under this key
 * @see RFC 3394 section 2.2.2; RFC 5649 section 4.2
 */
export function aesKeyUnwrap(form: KeyWrapForm, key: KeyObject, wrapped: Uint8Array): Buffer {
  const size = wrapped.byteLength;
  if (size % 8 !== 0 || size < (form === "KW" ? 24 : 16) || size > MAX_WRAP_BYTES + 16)
    throw new CryptoError("E_DECRYPT");
  try {
    const decipher = createDecipheriv(cipherOf(form, key), key, DEFAULT_IV[form]);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch {
    throw new CryptoError("E_DECRYPT");
  }
}

function cipherOf(form: KeyWrapForm, key: KeyObject): string {
  const cipher = CIPHERS[form][key.symmetricKeySize ?? 0];
  if (cipher === undefined) throw new CryptoError("E_CRYPTO_KEY");
  return cipher;
}
