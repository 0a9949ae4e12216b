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
  | "E_HSM_URI"
  | "E_HSM_MODULE"
  | "E_HSM_GONE"
  | "E_HSM_BUSY"
  | "E_HSM_PIN"
  | "E_HSM_PIN_LOCKED"
  | "E_HSM_TOKEN"
  | "E_HSM_KEY"
  | "E_HSM_MECHANISM"
  | "E_HSM_FAULT"
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
  E_HSM_URI: "The PKCS#11 URI is not acceptable.",
  E_HSM_MODULE: "The PKCS#11 module is not there.",
  E_HSM_GONE: "The token is not there.",
  E_HSM_BUSY: "The token does not answer in time.",
  E_HSM_PIN: "The token refused the PIN.",
  E_HSM_PIN_LOCKED: "The token has locked its PIN.",
  E_HSM_TOKEN: "It is not the token that is meant.",
  E_HSM_KEY: "The key is not in the token as it must be.",
  E_HSM_MECHANISM: "The token does not do this.",
  E_HSM_FAULT: "The token failed.",
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

/** Whether a refusal is about the token that holds the key, and says nothing about what was asked of it. */
export function isOfToken(cause: unknown): boolean {
  return cause instanceof CryptoError && cause.code.startsWith("E_HSM_");
}
