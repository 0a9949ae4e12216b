import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { encodeMaterial } from "../material/encode-material.ts";
import { encodeTokenReference, tokenReferenceOf } from "../pkcs11/token-keys.ts";
import { ROOT_KEY_BYTES } from "../policy/limits.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { encodeBinding, KeyEncryptionKey, openMaterial, sealMaterial } from "./key-encryption-key.ts";

let construct: (secret: Buffer) => RootKey;
let readSecret: (root: RootKey) => Buffer;

/**
 * The domain's root key: 32 random bytes from which every other secret of the domain hangs.
 *
 * Sub-keys by HKDF-SHA256 with an empty salt and the info strings "holdfast/kek/v1" (wraps key material),
 * "holdfast/store/v1" (row MACs), "holdfast/keycommit/v1" (key commitments) and "holdfast/rootcommit/v1"
 * (the public commitment in the roster). The bytes are wiped by {@link zeroize}.
 *
 * @see RFC 5869; protocol section 10 and 4
 */
export class RootKey {
  /** Wraps key material of this domain. */
  readonly kek: KeyEncryptionKey;
  /** HKDF(root, "holdfast/rootcommit/v1"), public: 32 bytes that name this root key and reveal nothing of it. */
  readonly commitment: Uint8Array;
  #secret: Buffer | null;
  #store: KeyObject | null;
  #keyCommit: KeyObject | null;

  private constructor(secret: Buffer) {
    this.#secret = secret;
    this.kek = KeyEncryptionKey.take(derive(secret, "holdfast/kek/v1"));
    this.commitment = derive(secret, "holdfast/rootcommit/v1");
    this.#store = subKey(secret, "holdfast/store/v1");
    this.#keyCommit = subKey(secret, "holdfast/keycommit/v1");
    Object.freeze(this);
  }

  static {
    construct = (secret) => new RootKey(secret);
    readSecret = (root) => root.#present(root.#secret);
  }

  /** Makes a new root key. */
  static generate(): RootKey {
    return new RootKey(randomBytes(ROOT_KEY_BYTES));
  }

  get destroyed(): boolean {
    return this.#secret === null;
  }

  /**
   * HMAC-SHA256 under the store's key, over the concatenation of the parts. Synchronous, for use inside a transaction.
   *
   * Caller must: make the parts unambiguous (fixed sizes or an injective encoding).
   * @throws {@link CryptoError} `E_CRYPTO_DESTROYED`
   */
  storeMac(...parts: readonly Uint8Array[]): Buffer {
    return hmac(this.#present(this.#store), parts);
  }

  /** Compares in constant time. @throws {@link CryptoError} `E_CRYPTO_DESTROYED` */
  matchesStoreMac(mac: Uint8Array, ...parts: readonly Uint8Array[]): boolean {
    const expected = this.storeMac(...parts);
    return mac instanceof Uint8Array && mac.byteLength === expected.byteLength && timingSafeEqual(mac, expected);
  }

  /**
   * Commits to a version of any material: HMAC(HKDF(root, "keycommit"), id, algorithm, material), 32 bytes.
   *
   * For all but symmetric keys the type stands before the algorithm. For a key in a token the type begins with `token:`,
   * and what stands for the material is what leads to it: the token's serial number, its name there, its check value or
   * its public half.
   *
   * It proves later that a version's material is still the one that was logged, and tells nobody without the root
   * key whether two keys are equal.
   *
   * @throws {@link CryptoError} `E_CRYPTO_DESTROYED`
   */
  keyCommitment(handle: KeyHandle): Buffer {
    const reference = tokenReferenceOf(handle);
    const material = reference === null ? encodeMaterial(handle) : encodeTokenReference(reference);
    const { keyAlgorithm: algorithm } = handle;
    const type = reference === null ? handle.materialType : `token:${handle.materialType}`;
    const name = type === "symmetric-key" ? algorithm : `${type}:${algorithm ?? ""}`;
    const mac = hmac(this.#present(this.#keyCommit), [handle.reference, Buffer.from(`${name}\0`, "ascii"), material]);
    material.fill(0);
    return mac;
  }

  /** Wipes the root key and drops every sub-key; later calls are refused `E_CRYPTO_DESTROYED`. */
  zeroize(): void {
    this.#secret?.fill(0);
    this.#secret = null;
    this.#store = null;
    this.#keyCommit = null;
    this.kek.zeroize();
  }

  #present<T>(value: T | null): T {
    if (value === null) throw new CryptoError("E_CRYPTO_DESTROYED");
    return value;
  }
}

/**
 * Encrypts the root key under a key-encryption key.
 *
 * @param context - Public words the sealing is bound to, such as the agent's id.
 */
export function sealRootKey(kek: KeyEncryptionKey, root: RootKey, context: string): Buffer {
  return sealMaterial(kek, encodeBinding("root", [context]), readSecret(root));
}

/**
 * Opens a sealed root key.
 *
 * @throws {@link CryptoError} `E_KEK` for a wrong key, another context or a damaged seal, without saying which
 */
export function openRootKey(kek: KeyEncryptionKey, sealed: Uint8Array, context: string): RootKey {
  try {
    return takeRootKey(openMaterial(kek, encodeBinding("root", [context]), sealed));
  } catch (cause) {
    if (cause instanceof CryptoError && cause.code === "E_CRYPTO_DESTROYED") throw cause;
    throw new CryptoError("E_KEK");
  }
}

/** Takes over a buffer as root key. Inside this package only. @throws {@link CryptoError} `E_CRYPTO_KEY` */
export function takeRootKey(secret: Buffer): RootKey {
  if (secret.byteLength !== ROOT_KEY_BYTES) {
    secret.fill(0);
    throw new CryptoError("E_CRYPTO_KEY");
  }
  return construct(secret);
}

/** The root key's bytes. Inside this package only (egress): never exported by index.ts. */
export function rootSecretOf(root: RootKey): Buffer {
  return readSecret(root);
}

function derive(secret: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), info, ROOT_KEY_BYTES));
}

function subKey(secret: Buffer, info: string): KeyObject {
  const bytes = derive(secret, info);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function hmac(key: KeyObject, parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
