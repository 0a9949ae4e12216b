import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { CryptoKey } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import { type SignatureForm, type SigningScheme, schemeOf, VerifyingKey, webcryptoAlgorithm } from "./verifying-key.ts";

let construct: (key: KeyObject) => SigningHandle;
let readKey: (handle: SigningHandle) => KeyObject;

/**
 * A private signing key of the agent: it signs, names its public key, and never shows its private part.
 *
 * It is a WebCrypto private key too, so that a certificate library can sign with it through {@link HoldfastCrypto}.
 */
export class SigningHandle extends CryptoKey {
  readonly scheme: SigningScheme;
  readonly publicKey: VerifyingKey;
  #key: KeyObject | null;

  private constructor(key: KeyObject) {
    super();
    this.scheme = schemeOf(key);
    this.publicKey = new VerifyingKey(createPublicKey(key));
    this.#key = key;
    this.algorithm = webcryptoAlgorithm(this.scheme);
    this.type = "private";
    this.extractable = false;
    this.usages = Object.freeze(["sign"]) as unknown as KeyUsage[];
    Object.freeze(this);
  }

  static {
    construct = (key) => new SigningHandle(key);
    readKey = (handle) => handle.#present();
  }

  get destroyed(): boolean {
    return this.#key === null;
  }

  /**
   * Signs the bytes: ECDSA with SHA-256, or Ed25519.
   *
   * @throws {@link CryptoError} `E_CRYPTO_DESTROYED`
   */
  sign(bytes: Uint8Array, form: SignatureForm = "raw"): Buffer {
    const key = this.#present();
    if (this.scheme === "Ed25519") return sign(null, bytes, key);
    return sign("sha256", bytes, {
      key,
      dsaEncoding: form === "raw" ? "ieee-p1363" : "der",
    });
  }

  /** Drops the private key; the native object wipes it when collected. */
  zeroize(): void {
    this.#key = null;
  }

  /** What `JSON.stringify` and logs see. */
  toJSON(): { scheme: SigningScheme } {
    return { scheme: this.scheme };
  }

  #present(): KeyObject {
    if (this.#key === null) throw new CryptoError("E_CRYPTO_DESTROYED");
    return this.#key;
  }
}

/**
 * Makes a new signing key and proves that its signature verifies.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for another scheme, `E_SELFTEST`
 */
export function generateSigningKey(scheme: SigningScheme): SigningHandle {
  return makeSigningHandle(newPrivateKey(scheme));
}

function newPrivateKey(scheme: SigningScheme): KeyObject {
  if (scheme === "P-256") return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  if (scheme === "Ed25519") return generateKeyPairSync("ed25519").privateKey;
  throw new CryptoError("E_CRYPTO_ALGORITHM");
}

/**
 * Wraps a runtime private key after a pairwise consistency test. Inside this package only.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for another kind of key, `E_SELFTEST`
 */
export function makeSigningHandle(key: KeyObject): SigningHandle {
  if (key.type !== "private") throw new CryptoError("E_CRYPTO_KEY");
  const handle = construct(key);
  const probe = Buffer.from("holdfast/pairwise/v1");
  if (!handle.publicKey.verify(handle.sign(probe), probe)) throw new CryptoError("E_SELFTEST");
  return handle;
}

/** The runtime key behind a handle. Inside this package only (wrapping): never exported by index.ts. */
export function runtimeSigningKeyOf(handle: SigningHandle): KeyObject {
  return readKey(handle);
}
