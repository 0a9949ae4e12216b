import { CryptoError } from "../errors.ts";

/**
 * What the domain's policy lets one operation do beyond the defaults. Absent means: nothing.
 *
 * Caller must: take it from approved policy, never from the request itself.
 */
export interface Permit {
  /** ECB, 3DES, RSA below 2048 bits, RSA PKCS#1 v1.5 encryption, SHA-1 and MD5 signatures, HMAC-MD5, short MAC keys. */
  readonly legacy?: boolean;
  /** An initialisation vector the caller chose, and GCM initialisation vectors of other sizes than 96 bits. */
  readonly givenIv?: boolean;
  /** Authentication tags and MACs shorter than the algorithm's own. */
  readonly shortTag?: boolean;
}

/** The permit of everyone who was given none. */
export const NO_PERMIT: Permit = Object.freeze({});

/** @throws {@link CryptoError} `E_CRYPTO_LEGACY` when `legacy` is true and not permitted */
export function requireCurrent(legacy: boolean, permit: Permit, what: string): void {
  if (legacy && permit.legacy !== true) throw new CryptoError("E_CRYPTO_LEGACY", undefined, { what });
}
