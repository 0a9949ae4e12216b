import type { CipherParams } from "../policy/cipher-params.ts";
import type { HashAlgorithm } from "../policy/hash.ts";

/** HMAC-based extract and expand. @see RFC 5869 */
interface HkdfParams {
  readonly method: "HKDF";
  readonly hash: HashAlgorithm;
  readonly salt?: Uint8Array;
  readonly info?: Uint8Array;
}

/** From a password. @see RFC 8018 section 5.2; SP 800-132 */
interface Pbkdf2Params {
  readonly method: "PBKDF2";
  readonly hash: HashAlgorithm;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/**
 * A pseudo-random function in one of three modes. The fixed input is `fixed`, or `label ‖ 0 ‖ context ‖ bits`.
 *
 * @see SP 800-108 revision 1 section 4
 */
export interface Sp800108Params {
  readonly method: "SP800-108";
  readonly mode: "counter" | "feedback" | "double-pipeline";
  /** HMAC of the hash; or CMAC, for AES keys. */
  readonly prf: "HMAC" | "CMAC";
  readonly hash?: HashAlgorithm;
  readonly fixed?: Uint8Array;
  readonly label?: Uint8Array;
  readonly context?: Uint8Array;
  /** Feedback mode's first value; empty when absent. */
  readonly iv?: Uint8Array;
  /** Size of the counter before the fixed input, 8 to 32; 0 leaves it out, except in counter mode. 32 when absent. */
  readonly counterBits?: number;
}

/** The hash of the base key, cut to size. @see KMIP Derivation Method HASH */
interface HashParams {
  readonly method: "HASH";
  readonly hash: HashAlgorithm;
}

/** HMAC of the data under the base key, cut to size. @see KMIP Derivation Method HMAC */
interface HmacParams {
  readonly method: "HMAC";
  readonly hash: HashAlgorithm;
  readonly data: Uint8Array;
}

/** The data encrypted under the base key, cut to size. @see KMIP Derivation Method ENCRYPT */
interface EncryptParams {
  readonly method: "ENCRYPT";
  readonly cipher: CipherParams;
  readonly data: Uint8Array;
}

/** How a key is derived from another, or from secret data. */
export type DeriveParams = HkdfParams | Pbkdf2Params | Sp800108Params | HashParams | HmacParams | EncryptParams;
