import { hash as digestOf } from "node:crypto";
import { requireMessage } from "../cipher/encrypt-with.ts";
import { type HashAlgorithm, hashNamed } from "../policy/hash.ts";
import { NO_PERMIT, type Permit, requireCurrent } from "../policy/permit.ts";

/**
 * Hashes data.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY` for SHA-1 and MD5, `E_CRYPTO_INPUT`
 * @see FIPS 180-4; FIPS 202
 */
export function digest(hash: HashAlgorithm, data: Uint8Array, permit: Permit = NO_PERMIT): Buffer {
  const { runtime, name } = hashNamed(hash);
  requireCurrent(name === "SHA-1" || name === "MD5", permit, name);
  requireMessage(data);
  return digestOf(runtime, data, "buffer");
}
