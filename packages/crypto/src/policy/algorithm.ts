import type { KeyObject } from "node:crypto";

/** What a data key may be used for in this release; words of the key record, a subset of WebCrypto's usages. */
export type DataKeyUsage = "encrypt" | "decrypt";

/** Names of the data-key algorithms on the allow-list, as key records and commands spell them. */
export type DataKeyAlgorithm = "AES-256";

/** The three parts an authenticated encryption leaves. */
export interface Sealed {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * One entry of the allow-list: parameters of a data-key algorithm and its synchronous primitives.
 *
 * `seal` and `open` check nothing but the cryptography; usage, limits and state are checked by
 * {@link KeyHandle}, which alone calls them. `aad` parts are authenticated as their concatenation.
 */
export interface DataAlgorithm {
  readonly name: DataKeyAlgorithm;
  readonly webcrypto: Readonly<{ name: string; length: number }>;
  readonly usages: readonly DataKeyUsage[];
  readonly keyBytes: number;
  readonly ivBytes: number;
  readonly tagBytes: number;
  /** Encryptions one key version may perform with random IVs. @see SP 800-38D section 8.3 */
  readonly invocationLimit: number;
  seal(
    key: KeyObject,
    iv: Uint8Array,
    aad: readonly Uint8Array[],
    plaintext: Uint8Array,
  ): { ciphertext: Buffer; tag: Buffer };
  /** @throws {@link CryptoError} `E_DECRYPT`, and nothing else, when the parts do not belong together. */
  open(
    key: KeyObject,
    parts: { iv: Uint8Array; ciphertext: Uint8Array; tag: Uint8Array },
    aad: readonly Uint8Array[],
  ): Buffer;
  /** First three bytes of the key check value. */
  checkValue(key: KeyObject): Buffer;
}
