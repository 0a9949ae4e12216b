import { digest, type HashAlgorithm } from "@holdfast/crypto";
import type { Door } from "./door.ts";
import { permitFor } from "./permit.ts";

const NO_KEY = { algorithm: null, bits: null } as const;

/** Hashes data: it needs no key and no grant. @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY`, `E_CRYPTO_INPUT` */
export function hashData(door: Door, hash: HashAlgorithm, data: Uint8Array): Buffer {
  return digest(hash, data, permitFor(door, NO_KEY, { hash }));
}
