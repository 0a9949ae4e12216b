import { HoldfastError } from "@holdfast/protocol";

/**
 * Why a cryptographic operation was refused. Part of the API: stable, documented in docs/spec/errors.md.
 *
 * `E_DECRYPT` is the one answer to every ciphertext, wrapped key or sealed file that does not open, whatever
 * the reason, so that a caller cannot be used as an oracle.
 */
export type CryptoErrorCode =
  | "E_CRYPTO_ALGORITHM"
  | "E_CRYPTO_USAGE"
  | "E_CRYPTO_INPUT"
  | "E_CRYPTO_KEY"
  | "E_CRYPTO_LEGACY"
  | "E_CRYPTO_IV"
  | "E_CRYPTO_LIMIT"
  | "E_CRYPTO_DESTROYED"
  | "E_NOT_EXTRACTABLE"
  | "E_DECRYPT"
  | "E_KEK"
  | "E_SELFTEST";

const SENTENCES: Readonly<Record<CryptoErrorCode, string>> = {
  E_CRYPTO_ALGORITHM: "The algorithm is not on the allow-list.",
  E_CRYPTO_USAGE: "The key does not permit this operation.",
  E_CRYPTO_INPUT: "An argument has the wrong form or size.",
  E_CRYPTO_KEY: "The key bytes are not acceptable for this algorithm.",
  E_CRYPTO_LEGACY: "The algorithm is for old data only, which the policy has not permitted.",
  E_CRYPTO_IV: "The initialisation vector may not be chosen by the caller, or this key has used it before.",
  E_CRYPTO_LIMIT: "The key version has reached its number of encryptions; rotate the key.",
  E_CRYPTO_DESTROYED: "The key is no longer in memory.",
  E_NOT_EXTRACTABLE: "The key material may not leave.",
  E_DECRYPT: "The ciphertext does not open.",
  E_KEK: "The key-encryption key does not open the root key.",
  E_SELFTEST: "A cryptographic self-test failed.",
};

/** Every refusal of this package. Neither message nor `detail` ever holds plaintext, material or ciphertext. */
export class CryptoError extends HoldfastError<CryptoErrorCode> {
  readonly code: CryptoErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: CryptoErrorCode, message?: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message ?? SENTENCES[code]);
    this.name = "CryptoError";
    this.code = code;
    this.detail = detail;
  }
}
