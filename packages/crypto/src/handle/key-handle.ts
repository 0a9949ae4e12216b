import type { KeyObject } from "node:crypto";
import { CryptoKey } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import type { Aead, Algorithm, KeyAlgorithm, MaterialFormat, Sealed } from "../policy/algorithm.ts";
import { MAX_MESSAGE_BYTES } from "../policy/limits.ts";
import { areUsages, type KeyUsage, type MaterialType, webcryptoUsages } from "../policy/usage.ts";
import { takeIv } from "../random/random-bytes.ts";
import { encodeKeyReference, type KeyReference } from "./key-reference.ts";

/** What a handle of a new key is made with. `usages` must be among the algorithm's. */
export interface KeyAttributes {
  readonly id: KeyReference;
  readonly usages: readonly KeyUsage[];
  readonly extractable: boolean;
}

/** What a handle of any material is made with. Usages may be empty for what is only kept. */
export interface MaterialAttributes extends KeyAttributes {
  readonly type: MaterialType;
  /** A {@link KeyAlgorithm}, a name that is only kept, or null for material that has no algorithm. */
  readonly algorithm: KeyAlgorithm | string | null;
  /** Checked against the material when given. */
  readonly bits?: number;
}

/** Material as the runtime holds it. Inside this package only. */
export interface Material {
  /** The native object; a secret one also for bytes that are only kept. */
  readonly key: KeyObject;
  readonly format: MaterialFormat;
  /** The encoding as it was given, when writing it anew would not give the same bytes. */
  readonly original: KeyObject | null;
}

/** What makes a handle, checked. Inside this package only. */
export interface HandleParts {
  readonly algorithm: Algorithm | null;
  readonly material: Material;
  readonly attributes: MaterialAttributes;
  readonly bits: number;
  /** What WebCrypto is told instead of the algorithm's own words. */
  readonly webcrypto?: { readonly name: string };
}

interface Inside {
  readonly material: Material;
  readonly algorithm: Algorithm | null;
}

let construct: (parts: HandleParts) => KeyHandle;
let lookInside: (handle: KeyHandle) => Inside;
let countInvocations: (handle: KeyHandle, count: number, limit: number) => void;

/**
 * One version of a kept key or object: everything can be done with it that its usages permit, and its material is
 * never shown.
 *
 * It is a WebCrypto key (`algorithm`, `type`, `usages`, `extractable`) for the asynchronous face and has
 * synchronous methods for the hot path; both end in the same primitives after the same checks. Nothing enumerable,
 * JSON or inspection reveals material, and instances are frozen.
 *
 * Trusts: nothing in its arguments. Caller must: have checked client, grant and key state (operations/ does).
 */
export class KeyHandle extends CryptoKey {
  readonly id: KeyReference;
  readonly materialType: MaterialType;
  /** As given; null for material without one. */
  readonly keyAlgorithm: KeyAlgorithm | string | null;
  /** Size of the key as its algorithm counts it, or of the kept bytes. */
  readonly bits: number;
  /** The usages in the words of key records; `usages` has WebCrypto's. */
  readonly keyUsages: readonly KeyUsage[];
  #material: Material | null;
  #key: KeyObject | null;
  #algorithm: Algorithm | null;
  #aead: Aead | null;
  #mayEncrypt: boolean;
  #mayDecrypt: boolean;
  #invocations = 0;
  #header: Buffer;

  private constructor({ algorithm, material, attributes, bits, webcrypto }: HandleParts) {
    super();
    this.algorithm = Object.freeze(webcrypto ?? algorithm?.webcrypto(bits, material.key) ?? { name: "" });
    this.type = material.key.type;
    this.extractable = attributes.extractable;
    this.usages = webcryptoUsages(attributes.usages) as globalThis.KeyUsage[];
    this.id = Object.freeze({ keyId: attributes.id.keyId, version: attributes.id.version });
    this.materialType = attributes.type;
    this.keyAlgorithm = attributes.algorithm;
    this.bits = bits;
    this.keyUsages = Object.freeze([...attributes.usages]);
    this.#material = material;
    this.#key = material.key;
    this.#algorithm = algorithm;
    this.#aead = algorithm?.aead ?? null;
    this.#mayEncrypt = attributes.usages.includes("encrypt");
    this.#mayDecrypt = attributes.usages.includes("decrypt");
    this.#header = encodeKeyReference(attributes.id);
    Object.freeze(this);
  }

  static {
    construct = (parts) => new KeyHandle(parts);
    lookInside = (handle) => {
      if (typeof handle !== "object" || handle === null || !(#material in handle))
        throw new CryptoError("E_CRYPTO_KEY");
      const material = handle.#material;
      if (material === null) throw new CryptoError("E_CRYPTO_DESTROYED");
      return { material, algorithm: handle.#algorithm };
    };
    countInvocations = (handle, count, limit) => {
      if (handle.#invocations + count > limit) throw new CryptoError("E_CRYPTO_LIMIT", undefined, { limit });
      handle.#invocations += count;
    };
  }

  /** True once the material has been dropped. */
  get destroyed(): boolean {
    return this.#key === null;
  }

  /** Encryptions counted against this key version. */
  get invocations(): number {
    return this.#invocations;
  }

  /** Encryptions this key version may perform in all; 0 for a key that does not encrypt so. */
  get invocationLimit(): number {
    return this.#algorithm?.invocationLimit ?? 0;
  }

  /** The key's 20-byte reference as ciphertexts carry it (a copy). */
  get reference(): Buffer {
    return Buffer.from(this.#header);
  }

  /** Writes the key's reference, where a ciphertext has it. */
  writeReference(into: Buffer, at: number): void {
    const header = this.#header;
    for (let n = 0; n < header.length; n += 1) into[at + n] = header[n] as number;
  }

  /** Whether this key's reference stands there. */
  hasReference(bytes: Uint8Array, at: number): boolean {
    const header = this.#header;
    for (let n = 0; n < header.length; n += 1) if (bytes[at + n] !== header[n]) return false;
    return true;
  }

  /**
   * Takes up the count of encryptions persisted for this key version; never lowers it.
   *
   * @throws {@link CryptoError} `E_CRYPTO_INPUT` when the count is not a non-negative integer
   */
  resumeInvocations(count: number): void {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new CryptoError("E_CRYPTO_INPUT", "A count of encryptions is a non-negative integer.");
    if (count > this.#invocations) this.#invocations = count;
  }

  /**
   * Encrypts under a fresh random IV; the concatenation of the `aad` parts is authenticated with the plaintext.
   *
   * For AES (GCM) and ChaCha20-Poly1305 keys; {@link encryptWith} has every other mode.
   *
   * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_LIMIT`, `E_CRYPTO_INPUT`,
   * `E_CRYPTO_ALGORITHM`
   * @see SP 800-38D section 8.2.2 (random IVs)
   */
  encryptSync(plaintext: Uint8Array, ...aad: readonly Uint8Array[]): Sealed {
    if (!this.#mayEncrypt) throw new CryptoError("E_CRYPTO_USAGE");
    const key = this.#present();
    const aead = this.#aead;
    if (aead === null) throw new CryptoError("E_CRYPTO_ALGORITHM");
    if (!isBytes(plaintext) || plaintext.byteLength > MAX_MESSAGE_BYTES || !aad.every(isBytes)) {
      throw new CryptoError("E_CRYPTO_INPUT", "Plaintext and associated data are bytes, the plaintext at most 64 MiB.");
    }
    const limit = this.invocationLimit;
    if (this.#invocations >= limit) throw new CryptoError("E_CRYPTO_LIMIT", undefined, { limit });
    this.#invocations += 1;
    const iv = takeIv();
    const { ciphertext, tag } = aead.seal(key, iv, aad, plaintext);
    return { iv, ciphertext, tag };
  }

  /**
   * Decrypts what {@link encryptSync} made with the same `aad` bytes.
   *
   * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM`, and `E_DECRYPT` for
   * everything else
   */
  decryptSync(
    parts: { iv: Uint8Array; ciphertext: Uint8Array; tag: Uint8Array },
    ...aad: readonly Uint8Array[]
  ): Buffer {
    if (!this.#mayDecrypt) throw new CryptoError("E_CRYPTO_USAGE");
    const key = this.#present();
    const aead = this.#aead;
    if (aead === null) throw new CryptoError("E_CRYPTO_ALGORITHM");
    if (!isBytes(parts.iv) || !isBytes(parts.ciphertext) || !isBytes(parts.tag) || !aad.every(isBytes))
      throw new CryptoError("E_DECRYPT");
    return aead.open(key, parts, aad);
  }

  /**
   * Key check value: three bytes, upper-case hexadecimal, of the zero block enciphered in ECB mode.
   *
   * Null for every other kind of material: one that may be guessed, such as a password or a short MAC key, is never
   * checked by a value that guesses can be tried against.
   *
   * @throws {@link CryptoError} `E_CRYPTO_DESTROYED`
   */
  checkValue(): string | null {
    const key = this.#present();
    return this.#algorithm?.checkValue?.(key).toString("hex").toUpperCase() ?? null;
  }

  /**
   * Drops the material; every later use is refused `E_CRYPTO_DESTROYED`.
   *
   * The bytes live in the runtime's native key object, which wipes them when it is collected; JavaScript holds no copy.
   */
  zeroize(): void {
    this.#key = null;
    this.#material = null;
  }

  /** What `JSON.stringify` and logs see. */
  toJSON(): { id: KeyReference; type: MaterialType; algorithm: string | null } {
    return { id: this.id, type: this.materialType, algorithm: this.keyAlgorithm };
  }

  #present(): KeyObject {
    if (this.#key === null) throw new CryptoError("E_CRYPTO_DESTROYED");
    return this.#key;
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

/**
 * Makes a handle around material. Inside this package only.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` for an unknown usage or one given twice, `E_CRYPTO_KEY` for a key of
 * another kind or size
 */
export function makeKeyHandle(
  algorithm: Algorithm | null,
  material: Material,
  attributes: MaterialAttributes,
  webcrypto?: { readonly name: string },
): KeyHandle {
  const { type, usages } = attributes;
  if (algorithm !== null && algorithm.usages[type] === undefined)
    throw new CryptoError("E_CRYPTO_ALGORITHM", "Material of this type cannot have the algorithm.");
  if (!areUsages(usages)) throw new CryptoError("E_CRYPTO_USAGE", "Usages are known words, each once.");
  if (typeof attributes.extractable !== "boolean") throw new CryptoError("E_CRYPTO_INPUT");
  const bits = algorithm === null ? (material.key.symmetricKeySize ?? 0) * 8 : algorithm.bitsOf(material.key);
  const bitsAgree = algorithm === null || attributes.bits === undefined || attributes.bits === bits;
  if (!bitsAgree) throw new CryptoError("E_CRYPTO_KEY", undefined, { bits });
  const parts = { algorithm, material, attributes, bits: algorithm === null ? (attributes.bits ?? bits) : bits };
  return construct(webcrypto === undefined ? parts : { ...parts, webcrypto });
}

/** The runtime key behind a handle. Inside this package only (wrapping, egress): never exported by index.ts. */
export function runtimeKeyOf(handle: KeyHandle): KeyObject {
  return lookInside(handle).material.key;
}

/**
 * Material and algorithm behind a handle. Inside this package only.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for what is no handle of this package, `E_CRYPTO_DESTROYED`
 */
export function insideOf(handle: KeyHandle): Inside {
  return lookInside(handle);
}

/**
 * The key and algorithm of a handle for one operation, after the check that its usages have one of the words.
 *
 * Inside this package only: every operation passes here or through the handle's own methods.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`; `E_CRYPTO_ALGORITHM` for material that is only
 * kept; `E_CRYPTO_KEY` for what is no handle
 */
export function useKey(handle: KeyHandle, ...usages: readonly KeyUsage[]): { key: KeyObject; algorithm: Algorithm } {
  const { material, algorithm } = lookInside(handle);
  if (!usages.some((usage) => handle.keyUsages.includes(usage))) throw new CryptoError("E_CRYPTO_USAGE");
  if (algorithm === null) throw new CryptoError("E_CRYPTO_ALGORITHM", "This material is kept and not used.");
  return { key: material.key, algorithm };
}

/** Counts encryptions against a key version. Inside this package only. @throws {@link CryptoError} `E_CRYPTO_LIMIT` */
export function countUse(handle: KeyHandle, count: number, limit: number): void {
  countInvocations(handle, count, limit);
}
