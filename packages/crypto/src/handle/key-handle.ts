import type { KeyObject } from "node:crypto";
import { CryptoKey } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import type { DataAlgorithm, DataKeyAlgorithm, DataKeyUsage, Sealed } from "../policy/algorithm.ts";
import { MAX_MESSAGE_BYTES } from "../policy/limits.ts";
import { takeIv } from "../random/random-bytes.ts";
import { encodeKeyReference, type KeyReference } from "./key-reference.ts";

/** What a handle is made with. `usages` must be among the algorithm's. */
export interface KeyAttributes {
  readonly id: KeyReference;
  readonly usages: readonly DataKeyUsage[];
  readonly extractable: boolean;
}

let construct: (algorithm: DataAlgorithm, key: KeyObject, attributes: KeyAttributes) => KeyHandle;
let readKey: (handle: KeyHandle) => KeyObject;
let sealWithIv: (
  handle: KeyHandle,
  iv: Uint8Array,
  aad: readonly Uint8Array[],
  plaintext: Uint8Array,
) => { ciphertext: Buffer; tag: Buffer };

/**
 * One version of a data key: everything can be done with it that its usages permit, and its material is never shown.
 *
 * It is a WebCrypto key (`algorithm`, `type`, `usages`, `extractable`) for the asynchronous face and has
 * synchronous methods for the hot path; both end in the same primitives after the same checks. Nothing enumerable,
 * JSON or inspection reveals material, and instances are frozen.
 *
 * Trusts: nothing in its arguments. Caller must: have checked client, grant and key state (operations/ does).
 */
export class KeyHandle extends CryptoKey {
  readonly id: KeyReference;
  readonly keyAlgorithm: DataKeyAlgorithm;
  #key: KeyObject | null;
  #algorithm: DataAlgorithm;
  #mayEncrypt: boolean;
  #mayDecrypt: boolean;
  #invocations = 0;
  #header: Buffer;

  private constructor(algorithm: DataAlgorithm, key: KeyObject, attributes: KeyAttributes) {
    super();
    this.algorithm = Object.freeze({ ...algorithm.webcrypto });
    this.type = "secret";
    this.extractable = attributes.extractable;
    this.usages = Object.freeze([...attributes.usages]) as KeyUsage[];
    this.id = Object.freeze({
      keyId: attributes.id.keyId,
      version: attributes.id.version,
    });
    this.keyAlgorithm = algorithm.name;
    this.#key = key;
    this.#algorithm = algorithm;
    this.#mayEncrypt = attributes.usages.includes("encrypt");
    this.#mayDecrypt = attributes.usages.includes("decrypt");
    this.#header = encodeKeyReference(attributes.id);
    Object.freeze(this);
  }

  static {
    construct = (algorithm, key, attributes) => new KeyHandle(algorithm, key, attributes);
    readKey = (handle) => handle.#present();
    sealWithIv = (handle, iv, aad, plaintext) => handle.#seal(iv, aad, plaintext);
  }

  /** True once the material has been dropped. */
  get destroyed(): boolean {
    return this.#key === null;
  }

  /** Encryptions counted against this key version. */
  get invocations(): number {
    return this.#invocations;
  }

  /** Encryptions this key version may perform in all. */
  get invocationLimit(): number {
    return this.#algorithm.invocationLimit;
  }

  /** The key's 20-byte reference as ciphertexts carry it (a copy). */
  get reference(): Buffer {
    return Buffer.from(this.#header);
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
   * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_LIMIT`, `E_CRYPTO_INPUT`
   * @see SP 800-38D section 8.2.2 (random IVs)
   */
  encryptSync(plaintext: Uint8Array, ...aad: readonly Uint8Array[]): Sealed {
    const iv = takeIv();
    const { ciphertext, tag } = this.#seal(iv, aad, plaintext);
    return { iv, ciphertext, tag };
  }

  /**
   * Decrypts what {@link encryptSync} made with the same `aad` bytes.
   *
   * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, and `E_DECRYPT` for everything else
   */
  decryptSync(
    parts: { iv: Uint8Array; ciphertext: Uint8Array; tag: Uint8Array },
    ...aad: readonly Uint8Array[]
  ): Buffer {
    if (!this.#mayDecrypt) throw new CryptoError("E_CRYPTO_USAGE");
    const key = this.#present();
    if (!isBytes(parts.iv) || !isBytes(parts.ciphertext) || !isBytes(parts.tag) || !aad.every(isBytes))
      throw new CryptoError("E_DECRYPT");
    return this.#algorithm.open(key, parts, aad);
  }

  /** Key check value: three bytes, upper-case hexadecimal, of the zero block enciphered in ECB mode. */
  checkValue(): string {
    return this.#algorithm.checkValue(this.#present()).toString("hex").toUpperCase();
  }

  /**
   * Drops the material; every later use is refused `E_CRYPTO_DESTROYED`.
   *
   * The bytes live in the runtime's native key object, which wipes them when it is collected; JavaScript holds no copy.
   */
  zeroize(): void {
    this.#key = null;
  }

  /** What `JSON.stringify` and logs see. */
  toJSON(): { id: KeyReference; algorithm: DataKeyAlgorithm } {
    return { id: this.id, algorithm: this.keyAlgorithm };
  }

  #present(): KeyObject {
    if (this.#key === null) throw new CryptoError("E_CRYPTO_DESTROYED");
    return this.#key;
  }

  #seal(iv: Uint8Array, aad: readonly Uint8Array[], plaintext: Uint8Array): { ciphertext: Buffer; tag: Buffer } {
    if (!this.#mayEncrypt) throw new CryptoError("E_CRYPTO_USAGE");
    const key = this.#present();
    if (!isBytes(plaintext) || plaintext.byteLength > MAX_MESSAGE_BYTES || !aad.every(isBytes)) {
      throw new CryptoError("E_CRYPTO_INPUT", "Plaintext and associated data are bytes, the plaintext at most 64 MiB.");
    }
    if (this.#invocations >= this.#algorithm.invocationLimit) {
      throw new CryptoError("E_CRYPTO_LIMIT", undefined, {
        limit: this.#algorithm.invocationLimit,
      });
    }
    this.#invocations += 1;
    return this.#algorithm.seal(key, iv, aad, plaintext);
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

/**
 * Makes a handle around a runtime key. Inside this package only.
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` for no usage or one the algorithm has not, `E_CRYPTO_KEY` for a wrong size
 */
export function makeKeyHandle(algorithm: DataAlgorithm, key: KeyObject, attributes: KeyAttributes): KeyHandle {
  const { usages } = attributes;
  if (
    usages.length === 0 ||
    new Set(usages).size !== usages.length ||
    !usages.every((usage) => algorithm.usages.includes(usage))
  ) {
    throw new CryptoError("E_CRYPTO_USAGE", "Usages are a non-empty subset of those of the algorithm, each once.");
  }
  if (key.type !== "secret" || key.symmetricKeySize !== algorithm.keyBytes) throw new CryptoError("E_CRYPTO_KEY");
  return construct(algorithm, key, attributes);
}

/** The runtime key behind a handle. Inside this package only (wrapping, egress): never exported by index.ts. */
export function runtimeKeyOf(handle: KeyHandle): KeyObject {
  return readKey(handle);
}

/** Encrypts under an IV the caller chose (the WebCrypto face). Inside this package only. */
export function sealWithGivenIv(
  handle: KeyHandle,
  iv: Uint8Array,
  aad: readonly Uint8Array[],
  plaintext: Uint8Array,
): { ciphertext: Buffer; tag: Buffer } {
  return sealWithIv(handle, iv, aad, plaintext);
}
