import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";

let construct: (key: KeyObject) => RecipientHandle;
let readKey: (handle: RecipientHandle) => KeyObject;

/** A private P-256 key that others send to with HPKE; it opens what was sealed to it and never shows itself. */
export class RecipientHandle {
  /** Uncompressed point, 65 bytes: what rosters and backups name. */
  readonly publicKey: Uint8Array;
  #key: KeyObject | null;

  private constructor(key: KeyObject) {
    const { x, y } = createPublicKey(key).export({ format: "jwk" });
    this.publicKey = Buffer.concat([
      Buffer.of(4),
      Buffer.from(x ?? "", "base64url"),
      Buffer.from(y ?? "", "base64url"),
    ]);
    this.#key = key;
    Object.freeze(this);
  }

  static {
    construct = (key) => new RecipientHandle(key);
    readKey = (handle) => {
      if (handle.#key === null) throw new CryptoError("E_CRYPTO_DESTROYED");
      return handle.#key;
    };
  }

  get destroyed(): boolean {
    return this.#key === null;
  }

  /** Drops the private key; the native object wipes it when collected. */
  zeroize(): void {
    this.#key = null;
  }

  /** What `JSON.stringify` and logs see. */
  toJSON(): { kem: "P-256" } {
    return { kem: "P-256" };
  }
}

/** Makes a new recipient key. @see RFC 9180 section 7.1 (DHKEM(P-256, HKDF-SHA256)) */
export function generateRecipientKey(): RecipientHandle {
  return construct(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
}

/** Wraps a runtime private key. Inside this package only. @throws {@link CryptoError} `E_CRYPTO_KEY` */
export function makeRecipientHandle(key: KeyObject): RecipientHandle {
  if (
    key.type !== "private" ||
    key.asymmetricKeyType !== "ec" ||
    key.asymmetricKeyDetails?.namedCurve !== "prime256v1"
  ) {
    throw new CryptoError("E_CRYPTO_KEY");
  }
  return construct(key);
}

/** The runtime key behind a handle. Inside this package only: never exported by index.ts. */
export function runtimeRecipientKeyOf(handle: RecipientHandle): KeyObject {
  return readKey(handle);
}
