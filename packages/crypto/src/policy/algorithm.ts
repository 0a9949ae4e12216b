import type { KeyObject } from "node:crypto";
import type { CipherMode, ModeOfUse } from "./cipher-params.ts";
import type { HashAlgorithm } from "./hash.ts";
import type { KeyUsage, MaterialType } from "./usage.ts";

/** Names of the algorithms this build computes with, as key records and commands spell them. */
export type KeyAlgorithm =
  | "AES-128"
  | "AES-192"
  | "AES-256"
  | "AES-128-XTS"
  | "AES-256-XTS"
  | "3DES"
  | "ChaCha20"
  | "ChaCha20-Poly1305"
  | "HMAC-MD5"
  | "HMAC-SHA1"
  | "HMAC-SHA224"
  | "HMAC-SHA256"
  | "HMAC-SHA384"
  | "HMAC-SHA512"
  | "HMAC-SHA512-224"
  | "HMAC-SHA512-256"
  | "HMAC-SHA3-224"
  | "HMAC-SHA3-256"
  | "HMAC-SHA3-384"
  | "HMAC-SHA3-512"
  | "RSA"
  | "RSA-1024"
  | "RSA-2048"
  | "RSA-3072"
  | "RSA-4096"
  | "EC-P256"
  | "EC-P384"
  | "EC-P521"
  | "EC-secp256k1"
  | "Ed25519"
  | "Ed448"
  | "X25519"
  | "X448"
  | "ML-KEM-512"
  | "ML-KEM-768"
  | "ML-KEM-1024"
  | "ML-DSA-44"
  | "ML-DSA-65"
  | "ML-DSA-87";

/** The three parts an authenticated encryption leaves. */
export interface Sealed {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** Encodings of material. `raw` is bytes as they are; a point or seed where a private or public key has such a form. */
export type MaterialFormat = "raw" | "pkcs1" | "pkcs8" | "sec1" | "spki" | "x509" | "pgp";

/**
 * Authenticated encryption with 96-bit IVs and 128-bit tags: what the hot path calls.
 *
 * It checks nothing but the cryptography; usage, limits and state are checked by {@link KeyHandle}, which alone calls
 * it. `aad` parts are authenticated as their concatenation.
 */
export interface Aead {
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
}

export type SignatureScheme = "RSASSA-PKCS1-v1_5" | "RSA-PSS" | "ECDSA" | "EdDSA" | "ML-DSA";

/** Parameters of one signature. */
export interface SignatureParams {
  readonly scheme: SignatureScheme;
  /** Hash function of RSA and ECDSA. EdDSA and ML-DSA have their own. */
  readonly hash?: HashAlgorithm;
  /** Hash function of the RSA-PSS mask when it differs. */
  readonly mgfHash?: HashAlgorithm;
  /** RSA-PSS salt size; the hash's size when absent. `any` only verifies: the size is read from the signature. */
  readonly saltBytes?: number | "any";
  /** ECDSA only: `der` (ECDSA-Sig-Value) or `raw` (r and s side by side); `der` when absent. */
  readonly form?: "der" | "raw";
  /** The data is a digest already. RSA and ECDSA only. */
  readonly prehashed?: boolean;
  /** Context string of ML-DSA and Ed448, at most 255 bytes. */
  readonly context?: Uint8Array;
}

/** Primitives of signing; policy has been applied. */
export interface SignaturePrimitives {
  readonly schemes: readonly SignatureScheme[];
  sign(key: KeyObject, params: SignatureParams, data: Uint8Array): Buffer;
  /** Tells whether the signature is valid; throws nothing on untrusted signatures. */
  verify(key: KeyObject, params: SignatureParams, data: Uint8Array, signature: Uint8Array): boolean;
}

export type MacAlgorithm = "HMAC" | "CMAC" | "GMAC";

/** One MAC of an algorithm, computed whole. */
export interface MacPrimitive {
  readonly algorithm: MacAlgorithm;
  readonly bytes: number;
  readonly legacy: boolean;
  compute(key: KeyObject, data: Uint8Array, iv: Uint8Array): Buffer;
}

/**
 * One entry of the allow-list: what a key of it is, how it is made, read and written, and its primitives.
 *
 * Primitives check nothing but the cryptography. What is absent, the algorithm does not do.
 */
export interface Algorithm {
  readonly name: KeyAlgorithm;
  /** Legacy as such: neither made nor used without a permit. */
  readonly legacy: boolean;
  /** Usages under which something happens, by type of object. A type that is absent cannot have the algorithm. */
  readonly usages: Partial<Record<MaterialType, readonly KeyUsage[]>>;
  /** What a WebCrypto key of it calls its algorithm. */
  webcrypto(bits: number, key: KeyObject): { readonly name: string } & Readonly<Record<string, unknown>>;
  /** Checks that the runtime's key is one of this algorithm. @returns its bits @throws {@link CryptoError} `E_CRYPTO_KEY` */
  bitsOf(key: KeyObject): number;
  /** Too weak to protect anything new; it goes on verifying. */
  isWeak?(key: KeyObject): boolean;
  /** Encryptions one key version may perform with random IVs. @see SP 800-38D section 8.3 */
  readonly invocationLimit: number;
  /** Bytes of a new secret key: of `bits` where the algorithm lets them be chosen. */
  newSecretBytes?(bits: number | undefined): number;
  /** Makes secret bytes a key fit to use (3DES parity). */
  finishSecret?(bytes: Buffer): void;
  /** Size of a private key's one number, where it has one. */
  readonly scalarBytes?: number;
  /** Makes a new private key. */
  newPrivateKey?(): KeyObject;
  /** The same off the main thread, where making one takes long. */
  newPrivateKeyLater?(): Promise<KeyObject>;
  /** Reads an encoding of a private or public key; throws anything when it is none. */
  readAsymmetric?(type: "private-key" | "public-key", format: MaterialFormat, bytes: Buffer): KeyObject;
  /** The full check of an imported private key: that its parts belong together. */
  isConsistent?(key: KeyObject): boolean;
  /** Writes an encoding; null when the algorithm has no such. The caller wipes what is secret. */
  writeAsymmetric?(key: KeyObject, format: MaterialFormat): Buffer | null;
  /** Proves on one message that a new pair belongs together. */
  provesPair?(privateKey: KeyObject, publicKey: KeyObject): boolean;
  readonly aead?: Aead;
  modeOf?(mode: CipherMode, key: KeyObject): ModeOfUse | null;
  readonly signature?: SignaturePrimitives;
  readonly macs?: readonly MacPrimitive[];
  /** Agrees on a shared secret; throws anything when the peer's key is no good. */
  agree?(privateKey: KeyObject, peer: KeyObject): Buffer;
  readonly kem?: {
    encapsulate(publicKey: KeyObject): { secret: Buffer; ciphertext: Buffer };
    decapsulate(privateKey: KeyObject, ciphertext: Uint8Array): Buffer;
    readonly ciphertextBytes: number;
  };
  /** First three bytes of the key check value. */
  checkValue?(key: KeyObject): Buffer;
}
