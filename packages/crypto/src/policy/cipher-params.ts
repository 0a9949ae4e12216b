import type { KeyObject } from "node:crypto";
import type { HashAlgorithm } from "./hash.ts";

/** How a key encrypts. What an algorithm does not have is refused `E_CRYPTO_ALGORITHM`. */
export type CipherMode =
  | "GCM"
  | "CCM"
  | "CBC"
  | "ECB"
  | "CTR"
  | "CFB"
  | "CFB8"
  | "OFB"
  | "XTS"
  | "KW"
  | "KWP"
  | "CHACHA20"
  | "CHACHA20-POLY1305"
  | "RSA-OAEP"
  | "RSA-PKCS1"
  | "RSA-NONE";

/** How the last block of CBC and ECB is filled. `none` takes whole blocks only; `zeros` cannot tell its own zeros. */
export type Padding = "none" | "pkcs5" | "iso10126" | "ansi-x923" | "one-and-zeros" | "zeros";

/** Parameters of one encryption. */
export interface CipherParams {
  readonly mode: CipherMode;
  /** For CBC and ECB; `pkcs5` (also called PKCS#7) when absent. */
  readonly padding?: Padding;
  /** Initialisation vector, nonce, counter block or XTS tweak. Absent: a fresh random one is made and returned. */
  readonly iv?: Uint8Array;
  /** First block number of ChaCha20; 0 when absent. */
  readonly counter?: number;
  /** Data authenticated beside the plaintext (GCM, CCM, ChaCha20-Poly1305). */
  readonly aad?: Uint8Array;
  /** Size of the authentication tag; 16 when absent. */
  readonly tagBytes?: number;
  /** Hash function of OAEP and of its mask, SHA-256 when absent. */
  readonly hash?: HashAlgorithm;
  /** Hash function of OAEP's mask when it differs. */
  readonly mgfHash?: HashAlgorithm;
  /** OAEP label. */
  readonly label?: Uint8Array;
}

/** Parameters of one decryption: the same, with the tag of modes that have one. */
export interface DecipherParams extends CipherParams {
  readonly tag?: Uint8Array;
}

/** What an encryption leaves. `iv` and `tag` are present in modes that have them. */
export interface Encrypted {
  readonly ciphertext: Buffer;
  readonly iv?: Buffer;
  readonly tag?: Buffer;
}

/** What one run of a mode is given, after policy. */
export interface CipherRun {
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
  readonly tagBytes: number;
  /** The tag to check, in decryption. */
  readonly tag: Uint8Array | null;
  readonly params: CipherParams;
}

/** A mode in motion. `final` may be called once. */
export interface CipherStream {
  update(data: Uint8Array): Buffer;
  /** @throws anything when the end does not fit or the tag is wrong: the caller answers `E_DECRYPT` */
  final(): Buffer;
  /** After `final` in encryption. */
  tag(): Buffer;
}

/** One mode of one algorithm: sizes that policy checks, and the primitive. It checks nothing but the cryptography. */
export interface ModeOfUse {
  /** Size of a fresh IV; 0 when the mode has none. */
  readonly ivBytes: number;
  /** Tells whether an IV of this size is possible at all. */
  readonly ivFits: (bytes: number) => boolean;
  /** Tag sizes, longest first; empty when the mode has no tag. */
  readonly tagBytes: readonly number[];
  /** Block that plaintexts are padded to; 0 when any length goes. */
  readonly padBytes: number;
  /** Never used twice with one IV; each use counts against the key version. */
  readonly onceOnly: boolean;
  /** The IV is a position (XTS), which only the caller knows. */
  readonly positional: boolean;
  readonly legacy: boolean;
  /** Present when data may come in parts. */
  readonly start?: (key: KeyObject, run: CipherRun, encrypting: boolean) => CipherStream;
  /** Present when data comes at once, or may and then costs less. */
  readonly whole?: (
    key: KeyObject,
    run: CipherRun,
    data: Uint8Array,
    encrypting: boolean,
  ) => { readonly output: Buffer; readonly tag?: Buffer };
}
