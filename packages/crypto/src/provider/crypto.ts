import { createSecretKey, type KeyObject } from "node:crypto";
import { AlgorithmError, CryptoError as CoreError, Crypto, type ProviderCrypto, SubtleCrypto } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import { type KeyAttributes, type KeyHandle, makeKeyHandle } from "../handle/key-handle.ts";
import type { DataAlgorithm, DataKeyAlgorithm } from "../policy/algorithm.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { Aes256GcmProvider, aes256Gcm } from "./aes-256-gcm.ts";
import { EcdsaP256Provider } from "./ecdsa-p256.ts";
import { Ed25519SigningProvider } from "./ed25519.ts";
import { Sha256Provider } from "./sha-256.ts";

/** The allow-list of data-key algorithms. Adding one is a file beside this and a line here. */
const DATA_ALGORITHMS: ReadonlyMap<string, DataAlgorithm> = new Map([[aes256Gcm.name, aes256Gcm]]);

/** Names of every data-key algorithm this build makes and uses. */
export const dataKeyAlgorithms: readonly DataKeyAlgorithm[] = [...DATA_ALGORITHMS.values()].map(
  (algorithm) => algorithm.name,
);

/** @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for any name not on the allow-list */
export function dataAlgorithmNamed(name: string): DataAlgorithm {
  const algorithm = DATA_ALGORITHMS.get(name);
  if (algorithm === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  return algorithm;
}

/**
 * Makes a new data key and proves on one message that it encrypts and decrypts.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`, `E_SELFTEST`
 */
export function generateKey(algorithm: string, attributes: KeyAttributes): KeyHandle {
  const chosen = dataAlgorithmNamed(algorithm);
  const material = randomBytes(chosen.keyBytes);
  const key = createSecretKey(material);
  material.fill(0);
  const handle = makeKeyHandle(chosen, key, attributes);
  proveConsistent(chosen, key);
  return handle;
}

/** @throws {@link CryptoError} `E_SELFTEST` unless what the new key encrypts comes back */
function proveConsistent(algorithm: DataAlgorithm, key: KeyObject): void {
  const probe = Buffer.alloc(32, 0x5a);
  const iv = randomBytes(algorithm.ivBytes);
  const { ciphertext, tag } = algorithm.seal(key, iv, [], probe);
  if (ciphertext.equals(probe) || !algorithm.open(key, { iv, ciphertext, tag }, []).equals(probe))
    throw new CryptoError("E_SELFTEST");
}

/**
 * WebCrypto over this package's handles.
 *
 * It makes, imports and uses keys and never exports a secret one: `exportKey` serves public keys, `wrapKey` and
 * `unwrapKey` are refused, because webcrypto-core's own versions read the material without checking the wrapping
 * key's usages. Every refusal is a {@link CryptoError}; untrusted input never surfaces as a TypeError.
 */
class HoldfastSubtle extends SubtleCrypto {
  constructor() {
    super();
    this.providers.set(new Aes256GcmProvider());
    this.providers.set(new EcdsaP256Provider());
    this.providers.set(new Ed25519SigningProvider());
    this.providers.set(new Sha256Provider());
    for (const operation of OPERATIONS) guard(this, operation);
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
const REFUSED = ["wrapKey", "unwrapKey", "deriveKey", "deriveBits"] as const;

type Operation = (...args: unknown[]) => Promise<unknown>;

/** Puts a version of the operation on the instance that rejects with this package's errors only. */
function guard(subtle: HoldfastSubtle, operation: (typeof OPERATIONS)[number]): void {
  const inner = SubtleCrypto.prototype[operation] as Operation;
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

function asCryptoError(cause: unknown, operation: (typeof OPERATIONS)[number]): CryptoError {
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
