import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { type KeyAttributes, type KeyHandle, makeKeyHandle } from "../handle/key-handle.ts";
import type { Algorithm, KeyAlgorithm } from "../policy/algorithm.ts";
import { NO_PERMIT, type Permit, requireCurrent } from "../policy/permit.ts";
import type { KeyUsage, MaterialType } from "../policy/usage.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { aeadOf } from "./aead.ts";
import { aesAlgorithms, aesXtsAlgorithms } from "./aes.ts";
import { chacha20, chacha20Poly1305 } from "./chacha20.ts";
import { ecAlgorithms } from "./ec.ts";
import { eddsaAlgorithms, xdhAlgorithms } from "./edwards.ts";
import { hmacAlgorithms } from "./hmac.ts";
import { keptAlgorithms } from "./kept.ts";
import { mlDsaAlgorithms, mlKemAlgorithms } from "./post-quantum.ts";
import { importedRsaAlgorithms, rsaAlgorithms } from "./rsa.ts";
import { type TokenAlgorithm, tokenAlgorithmOf } from "./token/token-algorithm.ts";
import { setOddParity, tripleDes } from "./triple-des.ts";

export { hmacOf, isHmacWith } from "./hmac.ts";

/** The allow-list. Adding an algorithm is a file beside this and a line here. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map(
  [
    ...aesAlgorithms,
    ...aesXtsAlgorithms,
    tripleDes,
    chacha20,
    chacha20Poly1305,
    ...hmacAlgorithms,
    ...rsaAlgorithms,
    ...importedRsaAlgorithms,
    ...ecAlgorithms,
    ...eddsaAlgorithms,
    ...xdhAlgorithms,
    ...mlKemAlgorithms,
    ...mlDsaAlgorithms,
  ].map((algorithm) => [algorithm.name, Object.freeze(algorithm)]),
);

/** What keys are wrapped with for the store: AES-256-GCM. */
export const rootAead = aeadOf("aes-256-gcm");

/** Names of every algorithm this build computes with. */
export const keyAlgorithms: readonly KeyAlgorithm[] = [...ALGORITHMS.values()].map(({ name }) => name);

/** Algorithms whose self-test failed in this process. */
const stopped = new Set<string>();

/** Serves algorithms no more, until the process ends: their known answer came out wrong. */
export function stopServing(names: RegExp): void {
  for (const { name } of ALGORITHMS.values()) if (names.test(name)) stopped.add(name);
}

/**
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for any name not on the allow-list; `E_SELFTEST` for one whose self-test
 * failed in this process
 */
export function algorithmNamed(name: string): Algorithm {
  const algorithm = typeof name === "string" ? ALGORITHMS.get(name) : undefined;
  if (algorithm === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  if (stopped.size > 0 && stopped.has(name)) throw new CryptoError("E_SELFTEST", undefined, { algorithm: name });
  return algorithm;
}

const inTokens = new Map<string, TokenAlgorithm>();

/**
 * How tokens do an algorithm of the allow-list.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` off the allow-list; {@link HsmError} `E_HSM_MECHANISM` for what no token
 * is asked to do
 */
export function tokenAlgorithmNamed(name: string): TokenAlgorithm {
  const known = inTokens.get(name);
  if (known !== undefined) return known;
  const made = tokenAlgorithmOf(algorithmNamed(name));
  inTokens.set(name, made);
  return made;
}

/** Tells whether material of the algorithm is kept without anything being done with it. */
export function isKeptAlgorithm(name: string): boolean {
  return keptAlgorithms.has(name);
}

/** Usages under which keys of the algorithm do something; none for a type that cannot have it. */
export function usagesOf(algorithm: string, type: MaterialType): readonly KeyUsage[] {
  return algorithmNamed(algorithm).usages[type] ?? [];
}

/**
 * Makes a new secret key and proves on one message that it does what it is for.
 *
 * Of an algorithm that is only kept it makes as many random bits as are asked for: then nothing is proven.
 *
 * @param attributes - `bits` for HMAC, 112 to 8192, the size of the hash when absent; and for what is only kept.
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_LEGACY`, `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`, `E_SELFTEST`
 */
export function generateKey(
  algorithm: string,
  attributes: KeyAttributes & { readonly bits?: number },
  permit: Permit = NO_PERMIT,
): KeyHandle {
  if (isKeptAlgorithm(algorithm)) return generateKept(algorithm, attributes, permit);
  const chosen = algorithmNamed(algorithm);
  if (chosen.newSecretBytes === undefined)
    throw new CryptoError("E_CRYPTO_ALGORITHM", "The algorithm makes key pairs.");
  requireCurrent(chosen.legacy, permit, chosen.name);
  const key = newSecret(chosen, attributes.bits);
  const { id, usages, extractable, bits } = attributes;
  const full = { id, usages, extractable, type: "symmetric-key", algorithm: chosen.name } as const;
  const handle = makeKeyHandle(
    chosen,
    { key, format: "raw", original: null },
    bits === undefined ? full : { ...full, bits },
  );
  if (!provesSecret(chosen, key)) throw new CryptoError("E_SELFTEST");
  return handle;
}

/** Kept algorithms that have no secret keys, or that are made of more than random bits. */
const NOT_MADE: ReadonlySet<string> = new Set(["DSA", "DH", "EC", "ECMQV", "SM2", "GOST", "McEliece", "SLH-DSA"]);
const MAX_KEPT_BITS = 4096;

function generateKept(
  algorithm: string,
  { id, usages, extractable, bits = 0 }: KeyAttributes & { readonly bits?: number },
  permit: Permit,
): KeyHandle {
  if (NOT_MADE.has(algorithm)) throw new CryptoError("E_CRYPTO_ALGORITHM", "No keys of it are made.");
  requireCurrent(algorithm === "3DES-2KEY", permit, "3DES");
  if (!Number.isSafeInteger(bits) || bits < 40 || bits > MAX_KEPT_BITS || bits % 8 !== 0)
    throw new CryptoError("E_CRYPTO_INPUT", "A key has between 40 and 4096 bits, in whole bytes.");
  const bytes = randomBytes(bits / 8);
  if (algorithm === "DES" || algorithm === "3DES-2KEY") setOddParity(bytes);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return makeKeyHandle(
    null,
    { key, format: "raw", original: null },
    { id, usages, extractable, type: "symmetric-key", algorithm, bits },
  );
}

function newSecret(algorithm: Algorithm, bits: number | undefined): KeyObject {
  const bytes = randomBytes(algorithm.newSecretBytes?.(bits) ?? 0);
  algorithm.finishSecret?.(bytes);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** What the new key encrypts comes back, or what it authenticates does so twice. */
function provesSecret(algorithm: Algorithm, key: KeyObject): boolean {
  const probe = Buffer.alloc(32, 0x5a);
  const { aead } = algorithm;
  if (aead !== undefined) {
    const iv = randomBytes(12);
    const { ciphertext, tag } = aead.seal(key, iv, [], probe);
    return !ciphertext.equals(probe) && aead.open(key, { iv, ciphertext, tag }, []).equals(probe);
  }
  const mac = algorithm.macs?.[0];
  if (mac !== undefined) {
    const none = Buffer.alloc(0);
    return mac.compute(key, probe, none).equals(mac.compute(key, probe, none));
  }
  return true;
}

/** A new pair, each half with its own name, usages and extractability. */
export interface KeyPair {
  readonly privateKey: KeyHandle;
  readonly publicKey: KeyHandle;
}

/** What the two halves of a new pair are made with. */
export interface PairAttributes {
  readonly privateKey: KeyAttributes;
  readonly publicKey: KeyAttributes;
}

/**
 * Makes a new key pair and proves on one message that its halves belong together.
 *
 * RSA takes a good part of a second, in which nothing else runs: {@link generateKeyPairLater} is for servers.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM` for an algorithm that makes none, `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`,
 * `E_SELFTEST`
 * @see SP 800-57 part 1 section 6.2.1 (assurance of pair consistency)
 */
export function generateKeyPair(algorithm: string, attributes: PairAttributes): KeyPair {
  const chosen = algorithmNamed(algorithm);
  if (chosen.newPrivateKey === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM", "No key pairs of it are made.");
  return pairOf(chosen, chosen.newPrivateKey(), attributes);
}

/** {@link generateKeyPair} with the long computation off the main thread. It rejects as that throws. */
export async function generateKeyPairLater(algorithm: string, attributes: PairAttributes): Promise<KeyPair> {
  const chosen = algorithmNamed(algorithm);
  if (chosen.newPrivateKeyLater === undefined) return generateKeyPair(algorithm, attributes);
  return pairOf(chosen, await chosen.newPrivateKeyLater(), attributes);
}

function pairOf(algorithm: Algorithm, privateKey: KeyObject, attributes: PairAttributes): KeyPair {
  const publicKey = createPublicKey(privateKey);
  const half = (key: KeyObject, type: "private-key" | "public-key", { id, usages, extractable }: KeyAttributes) =>
    makeKeyHandle(
      algorithm,
      { key, format: type === "private-key" ? "pkcs8" : "spki", original: null },
      { id, usages, extractable, type, algorithm: algorithm.name },
    );
  const pair = {
    privateKey: half(privateKey, "private-key", attributes.privateKey),
    publicKey: half(publicKey, "public-key", attributes.publicKey),
  };
  if (algorithm.provesPair?.(privateKey, publicKey) !== true) throw new CryptoError("E_SELFTEST");
  return pair;
}
