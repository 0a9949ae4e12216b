import { createSecretKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { GCM_IV_BYTES, GCM_TAG_BYTES, ROOT_KEY_BYTES } from "../policy/limits.ts";
import { rootAead } from "../provider/crypto.ts";
import { randomBytes, takeIv } from "../random/random-bytes.ts";

const FORMAT = 1;
const MAX_KEK_NUMBER = 0xffff_ffff;

let sealBytes: (kek: KeyEncryptionKey, binding: Uint8Array, material: Uint8Array) => Buffer;
let openBytes: (kek: KeyEncryptionKey, binding: Uint8Array, wrapped: Uint8Array) => Buffer;
let keyBytes: (kek: KeyEncryptionKey) => Buffer;

/**
 * A 256-bit key that only encrypts and decrypts other keys, always bound to what they are.
 *
 * It has no public method that opens anything: unwrapping yields handles (wrap-*.ts), never bytes.
 */
export class KeyEncryptionKey {
  /** Its number in its domain, from 1; 0 for one that has none: the root's own, and what opens the root key. */
  readonly number: number;
  #key: KeyObject | null;

  private constructor(key: KeyObject, number: number) {
    this.#key = key;
    this.number = number;
    Object.freeze(this);
  }

  static {
    sealBytes = (kek, binding, material) => {
      const iv = takeIv();
      const { ciphertext, tag } = rootAead.seal(kek.#present(), iv, [binding], material);
      return Buffer.concat([Buffer.of(FORMAT), iv, ciphertext, tag]);
    };
    openBytes = (kek, binding, wrapped) => {
      const key = kek.#present();
      const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
      if (bytes.byteLength <= 1 + GCM_IV_BYTES + GCM_TAG_BYTES || bytes.readUInt8(0) !== FORMAT)
        throw new CryptoError("E_DECRYPT");
      const end = bytes.byteLength - GCM_TAG_BYTES;
      const parts = {
        iv: bytes.subarray(1, 1 + GCM_IV_BYTES),
        ciphertext: bytes.subarray(1 + GCM_IV_BYTES, end),
        tag: bytes.subarray(end),
      };
      return rootAead.open(key, parts, [binding]);
    };
    keyBytes = (kek) => kek.#present().export();
  }

  /**
   * Takes 32 bytes over. The caller's buffer is wiped.
   *
   * @param number - Its number in its domain, where it has one.
   * @throws {@link CryptoError} `E_CRYPTO_KEY` for another size or a number that is none
   */
  static take(bytes: Uint8Array, number = 0): KeyEncryptionKey {
    const isNumber = Number.isSafeInteger(number) && number >= 0 && number <= MAX_KEK_NUMBER;
    if (!(bytes instanceof Uint8Array) || bytes.byteLength !== ROOT_KEY_BYTES || !isNumber)
      throw new CryptoError("E_CRYPTO_KEY");
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return new KeyEncryptionKey(key, number);
  }

  /** Makes a new one with a number. @throws {@link CryptoError} `E_CRYPTO_KEY` for a number that is none */
  static generate(number: number): KeyEncryptionKey {
    return KeyEncryptionKey.take(randomBytes(ROOT_KEY_BYTES), number);
  }

  get destroyed(): boolean {
    return this.#key === null;
  }

  /** Drops the key; the native object wipes it when collected. */
  zeroize(): void {
    this.#key = null;
  }

  #present(): KeyObject {
    if (this.#key === null) throw new CryptoError("E_CRYPTO_DESTROYED");
    return this.#key;
  }
}

/** Encrypts material bound to `binding`. Inside this package only. */
export function sealMaterial(kek: KeyEncryptionKey, binding: Uint8Array, material: Uint8Array): Buffer {
  return sealBytes(kek, binding, material);
}

/** Opens what {@link sealMaterial} made. Inside this package only; the caller wipes the result. @throws `E_DECRYPT` */
export function openMaterial(kek: KeyEncryptionKey, binding: Uint8Array, wrapped: Uint8Array): Buffer {
  return openBytes(kek, binding, wrapped);
}

/** The key's own bytes, to be wrapped or split. Inside this package only; the caller wipes the result. */
export function bytesOfKek(kek: KeyEncryptionKey): Buffer {
  return keyBytes(kek);
}

/** Encodes a binding without ambiguity: a purpose, then values whose JSON form is fixed. */
export function encodeBinding(
  purpose: string,
  values: readonly (string | number | boolean | null | readonly string[])[],
): Buffer {
  return Buffer.from(`holdfast/wrapped/v1\0${JSON.stringify([purpose, ...values])}`, "utf8");
}
