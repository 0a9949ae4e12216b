import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import type { DecipherParams } from "../policy/cipher-params.ts";
import { unwrapKey as unwrap } from "../wrapping/unwrap-key.ts";
import { gcmParts } from "./aes.ts";
import { asHandle, bytesOf, ephemeral, usagesFrom } from "./face.ts";
import { hmacName } from "./hmac.ts";
import { oaepParams } from "./rsa.ts";

/**
 * WebCrypto's unwrapKey of a raw AES or HMAC key, straight into a handle.
 *
 * @throws {@link CryptoError} `E_DECRYPT`, `E_CRYPTO_USAGE`, `E_CRYPTO_ALGORITHM`, `E_CRYPTO_INPUT`
 */
export function unwrapKey(
  format: unknown,
  wrapped: unknown,
  unwrapping: unknown,
  algorithm: unknown,
  unwrapped: unknown,
  extractable: boolean,
  usages: readonly string[],
): KeyHandle {
  if (format !== "raw") throw new CryptoError("E_CRYPTO_INPUT", "Secret keys are unwrapped raw.");
  const handle = asHandle(unwrapping);
  const { params, ciphertext } = unwrapParams(algorithm, handle, bytesOf(wrapped));
  const { name, length, hash } = unwrapped as { name?: string; length?: number; hash?: string | { name: string } };
  const ofMac = name?.toUpperCase() === "HMAC";
  const hashName = typeof hash === "string" ? hash : (hash?.name ?? "");
  const keyName = ofMac ? hmacName(hashName.toUpperCase()) : `AES-${length}`;
  const attributes = ephemeral("symmetric-key", keyName, usagesFrom(usages, ofMac), extractable);
  return unwrap(handle, params, ciphertext, "raw", attributes);
}

function unwrapParams(
  algorithm: unknown,
  handle: KeyHandle,
  wrapped: Uint8Array,
): { params: DecipherParams; ciphertext: Uint8Array } {
  const given = typeof algorithm === "string" ? { name: algorithm } : (algorithm as { name?: string } | null);
  switch (given?.name?.toUpperCase?.()) {
    case "AES-KW":
      return { params: { mode: "KW" }, ciphertext: wrapped };
    case "AES-GCM":
      return gcmParts(given as AesGcmParams, wrapped);
    case "RSA-OAEP":
      return { params: oaepParams(given as RsaOaepParams, handle as globalThis.CryptoKey), ciphertext: wrapped };
    default:
      throw new CryptoError("E_CRYPTO_ALGORITHM");
  }
}
