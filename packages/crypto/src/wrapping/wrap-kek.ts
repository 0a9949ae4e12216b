import { CryptoError } from "../errors.ts";
import { bytesOfKek, encodeBinding, KeyEncryptionKey, openMaterial, sealMaterial } from "./key-encryption-key.ts";
import type { RootKey } from "./root-key.ts";

/**
 * Wraps a domain's key-encryption key under its root key, bound to the domain and to its number.
 *
 * @throws {@link CryptoError} `E_CRYPTO_DESTROYED`
 */
export function wrapKek(root: RootKey, kek: KeyEncryptionKey, domain: string): Buffer {
  const bytes = bytesOfKek(kek);
  try {
    return sealMaterial(root.kek, encodeBinding("kek", [domain, kek.number]), bytes);
  } finally {
    bytes.fill(0);
  }
}

/** @throws {@link CryptoError} `E_DECRYPT` for another root key, domain or number, or damaged bytes */
export function unwrapKek(root: RootKey, wrapped: Uint8Array, domain: string, number: number): KeyEncryptionKey {
  if (!(wrapped instanceof Uint8Array)) throw new CryptoError("E_DECRYPT");
  return KeyEncryptionKey.take(openMaterial(root.kek, encodeBinding("kek", [domain, number]), wrapped), number);
}
