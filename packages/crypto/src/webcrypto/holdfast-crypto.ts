import { AlgorithmError, CryptoError as CoreError, Crypto, type ProviderCrypto, SubtleCrypto } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { aesCbcFace, aesCtrFace, aesGcmFace, aesKwFace } from "./aes.ts";
import { deriveKey, hkdfFace, pbkdf2Face } from "./derive-key.ts";
import { DigestFace } from "./digest.ts";
import { ecdhFace, ecdsaFace, ed25519Face, x25519Face } from "./elliptic.ts";
import { hmacFace } from "./hmac.ts";
import { rsaOaepFace, rsaPssFace, rsaSsaFace } from "./rsa.ts";
import { unwrapKey } from "./unwrap-key.ts";

/** The asynchronous face's allow-list. */
const FACES: readonly ProviderCrypto[] = [
  aesGcmFace,
  aesCbcFace,
  aesCtrFace,
  aesKwFace,
  hmacFace,
  rsaSsaFace,
  rsaPssFace,
  rsaOaepFace,
  ecdsaFace,
  ecdhFace,
  ed25519Face,
  x25519Face,
  hkdfFace,
  pbkdf2Face,
  new DigestFace("SHA-256"),
  new DigestFace("SHA-384"),
  new DigestFace("SHA-512"),
];

/**
 * WebCrypto over this package's handles.
 *
 * It makes, imports and uses keys and never exports a secret one: `exportKey` serves public keys; `deriveKey` and
 * `unwrapKey` give handles; `wrapKey` and `deriveBits`, by which material would leave, are refused. Every refusal is a
 * {@link CryptoError}; untrusted input never surfaces as a TypeError.
 */
class HoldfastSubtle extends SubtleCrypto {
  constructor() {
    super();
    for (const face of FACES) this.providers.set(face);
    for (const operation of OPERATIONS) guard(this, operation, SubtleCrypto.prototype[operation] as Operation);
    guard(this, "deriveKey", async (...args) => deriveKey(...(args as Parameters<typeof deriveKey>)));
    guard(this, "unwrapKey", async (...args) => unwrapKey(...(args as Parameters<typeof unwrapKey>)));
    for (const operation of REFUSED) refuse(this, operation);
    Object.freeze(this);
  }

  protected override getProvider(name: string): ProviderCrypto {
    if (
      typeof name !== "string" ||
      !this.providers.algorithms.some((known) => known.toLowerCase() === name.toLowerCase())
    ) {
      throw new CryptoError("E_CRYPTO_ALGORITHM");
    }
    return super.getProvider(name);
  }
}

const OPERATIONS = ["digest", "generateKey", "importKey", "exportKey", "encrypt", "decrypt", "sign", "verify"] as const;
const REFUSED = ["wrapKey", "deriveBits"] as const;

type Operation = (...args: unknown[]) => Promise<unknown>;

/** Puts a version of the operation on the instance that rejects with this package's errors only. */
function guard(subtle: HoldfastSubtle, operation: string, inner: Operation): void {
  const guarded: Operation = async (...args) => {
    try {
      return await inner.apply(subtle, args);
    } catch (cause) {
      throw asCryptoError(cause, operation);
    }
  };
  Object.defineProperty(subtle, operation, {
    value: guarded,
    enumerable: false,
  });
}

function refuse(subtle: HoldfastSubtle, operation: (typeof REFUSED)[number]): void {
  const refusal: Operation = async () => {
    throw new CryptoError("E_CRYPTO_USAGE", "This operation is not offered.");
  };
  Object.defineProperty(subtle, operation, {
    value: refusal,
    enumerable: false,
  });
}

function asCryptoError(cause: unknown, operation: string): CryptoError {
  if (cause instanceof CryptoError) return cause;
  if (cause instanceof AlgorithmError) return new CryptoError("E_CRYPTO_ALGORITHM");
  // webcrypto-core says "usage" and "not extractable" with its plain base class and everything else with a subclass
  if (cause instanceof CoreError && cause.constructor === CoreError) {
    return new CryptoError(operation === "exportKey" ? "E_NOT_EXTRACTABLE" : "E_CRYPTO_USAGE");
  }
  return new CryptoError("E_CRYPTO_INPUT");
}

/** The `Crypto` object libraries are given (certificates); its keys are handles. */
export class HoldfastCrypto extends Crypto {
  override readonly subtle: SubtleCrypto = new HoldfastSubtle();

  /** @throws {@link CryptoError} `E_CRYPTO_INPUT` for anything but a view of at most 64 KiB */
  override getRandomValues<T extends ArrayBufferView | null>(array: T): T {
    if (!ArrayBuffer.isView(array) || array.byteLength > 65_536) throw new CryptoError("E_CRYPTO_INPUT");
    if (array.byteLength > 0) {
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(randomBytes(array.byteLength));
    }
    return array;
  }
}
