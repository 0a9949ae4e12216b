import { hash } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import { encodeMaterial } from "./encode-material.ts";

/** Trying 2^80 keys is out of reach; a shorter key would be found from its digest. */
const MIN_DIGESTED_BITS = 80;

/**
 * SHA-256 of material that nobody can guess, in one of its formats (KMIP Digest).
 *
 * For keys of at least 80 bits, public keys and certificates only: the digest of a password or PIN is as good as the
 * password to whoever can try the likely ones, so secret data, opaque objects and the like are refused.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` for material that may be guessed, `E_CRYPTO_INPUT`, `E_CRYPTO_DESTROYED`
 */
export function digestOfHighEntropyMaterial(handle: KeyHandle, format?: MaterialFormat): Buffer {
  const { materialType: type, bits } = handle;
  const longKey = type === "symmetric-key" && bits >= MIN_DIGESTED_BITS;
  if (!longKey && type !== "private-key" && type !== "public-key" && type !== "certificate")
    throw new CryptoError("E_CRYPTO_USAGE", "No digest is made of material that may be guessed.");
  const bytes = encodeMaterial(handle, format);
  const digest = hash("sha256", bytes, "buffer");
  bytes.fill(0);
  return digest;
}
