import { CryptoError } from "../errors.ts";
import { type KeyHandle, type MaterialAttributes, makeKeyHandle } from "../handle/key-handle.ts";
import { readMaterial } from "../material/read-material.ts";
import { MAX_DERIVED_BYTES } from "../policy/limits.ts";
import { algorithmNamed } from "../provider/crypto.ts";

/**
 * Bytes that a derived key or secret has: as many as its algorithm asks for, or `bits` where that may be chosen.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for a type that is not derived, or bits that are missing or no whole bytes
 */
export function derivedBytes({ type, algorithm, bits }: MaterialAttributes): number {
  if (type !== "symmetric-key" && type !== "secret-data")
    throw new CryptoError("E_CRYPTO_INPUT", "Symmetric keys and secret data are derived.");
  const size = algorithm === null ? (bits ?? 0) / 8 : algorithmNamed(algorithm).newSecretBytes?.(bits);
  if (size === undefined || !Number.isSafeInteger(size) || size < 1 || size > MAX_DERIVED_BYTES)
    throw new CryptoError("E_CRYPTO_INPUT", "The derived material has no such size.", { maxBytes: MAX_DERIVED_BYTES });
  return size;
}

/** Makes a handle of derived bytes, which are wiped. @throws {@link CryptoError} as `importMaterial` */
export function makeDerived(bytes: Buffer, attributes: MaterialAttributes): KeyHandle {
  try {
    if (attributes.algorithm !== null) algorithmNamed(attributes.algorithm).finishSecret?.(bytes);
    const { algorithm, material } = readMaterial(bytes, "raw", attributes, true);
    return makeKeyHandle(algorithm, material, attributes);
  } finally {
    bytes.fill(0);
  }
}
