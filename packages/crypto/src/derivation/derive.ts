import { createHmac, hash as digestOf, hkdfSync, type KeyObject, pbkdf2Sync } from "node:crypto";
import { encryptUnder } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import { insideOf, KeyHandle, type MaterialAttributes } from "../handle/key-handle.ts";
import type { Algorithm } from "../policy/algorithm.ts";
import { type HashAlgorithm, type HashFunction, hashNamed } from "../policy/hash.ts";
import { MAX_PBKDF2_ITERATIONS, MIN_PBKDF2_ITERATIONS, MIN_PBKDF2_SALT_BYTES } from "../policy/limits.ts";
import { NO_PERMIT, type Permit, requireCurrent } from "../policy/permit.ts";
import type { DeriveParams } from "./derive-params.ts";
import { derivedBytes, makeDerived } from "./make-derived.ts";
import { deriveSp800108 } from "./sp800-108.ts";

const NOTHING = Buffer.alloc(0);

/**
 * Derives a key or secret data from a symmetric key or secret data. The bytes do not come to the caller.
 *
 * @param data - Secret data whose bytes are the derivation's data, label and context, or info; then `params` has none.
 * @param attributes - What the new handle is; `bits` says how long, where the algorithm does not.
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` unless the base has `derive`; `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM`,
 * `E_CRYPTO_LEGACY` for SHA-1 or MD5 hashing, fewer than 1000 rounds or a short salt, `E_CRYPTO_INPUT`
 * @see RFC 5869; SP 800-132; SP 800-108 revision 1; KMIP Derive Key
 */
export function derive(
  handle: KeyHandle,
  params: DeriveParams,
  attributes: MaterialAttributes,
  permit: Permit = NO_PERMIT,
  data?: KeyHandle,
): KeyHandle {
  const { key, algorithm } = baseOf(handle);
  const bytes = derivedBytes(attributes);
  const given = data === undefined ? null : bytesOfData(data);
  try {
    const full = given === null ? params : withData(params, given);
    requireForms(full);
    const derived =
      full.method === "ENCRYPT"
        ? cut(encryptUnder(handle, "derive", full.cipher, full.data, permit).ciphertext, bytes)
        : deriveBytes(key, algorithm, full, bytes, permit);
    return makeDerived(derived, attributes);
  } finally {
    given?.fill(0);
  }
}

/** The bytes of secret data that take part in a derivation. */
function bytesOfData(data: KeyHandle): Buffer {
  if (!(data instanceof KeyHandle) || data.materialType !== "secret-data") throw new CryptoError("E_CRYPTO_KEY");
  if (!data.keyUsages.includes("derive")) throw new CryptoError("E_CRYPTO_USAGE");
  return insideOf(data).material.key.export();
}

function withData(params: DeriveParams, data: Buffer): DeriveParams {
  switch (params.method) {
    case "HMAC":
    case "ENCRYPT":
      return { ...params, data };
    case "HKDF":
      return { ...params, info: data };
    case "SP800-108":
      return { ...params, fixed: data };
    default:
      throw new CryptoError("E_CRYPTO_INPUT", "The derivation takes no data.");
  }
}

/** Derived bytes of a runtime key. Inside this package only; the caller wipes them. */
export function deriveBytes(
  key: KeyObject,
  algorithm: Algorithm | null,
  params: Exclude<DeriveParams, { method: "ENCRYPT" }>,
  bytes: number,
  permit: Permit,
): Buffer {
  requireForms(params);
  switch (params.method) {
    case "HKDF": {
      const { runtime, bytes: hashBytes } = hashNamed(params.hash);
      if (bytes > 255 * hashBytes) throw new CryptoError("E_CRYPTO_INPUT", "HKDF gives at most 255 hashes.");
      return Buffer.from(hkdfSync(runtime, key, params.salt ?? NOTHING, params.info ?? NOTHING, bytes));
    }
    case "PBKDF2":
      return pbkdf2(key, params, bytes, permit);
    case "SP800-108":
      return deriveSp800108(key, algorithm, params, bytes);
    case "HASH": {
      const { runtime } = currentHash(params.hash, permit);
      const material = key.export();
      const digest = digestOf(runtime, material, "buffer");
      material.fill(0);
      return cut(digest, bytes);
    }
    case "HMAC": {
      const { runtime } = hashNamed(params.hash);
      return cut(createHmac(runtime, key).update(params.data).digest(), bytes);
    }
    default:
      throw new CryptoError("E_CRYPTO_ALGORITHM", "The derivation method is not on the allow-list.");
  }
}

function pbkdf2(
  key: KeyObject,
  { hash, salt, iterations }: Extract<DeriveParams, { method: "PBKDF2" }>,
  bytes: number,
  permit: Permit,
): Buffer {
  const { runtime } = hashNamed(hash);
  if (!Number.isSafeInteger(iterations) || iterations < 1 || iterations > MAX_PBKDF2_ITERATIONS)
    throw new CryptoError("E_CRYPTO_INPUT", "PBKDF2 takes between 1 and 2 million rounds.");
  requireCurrent(iterations < MIN_PBKDF2_ITERATIONS, permit, "PBKDF2 rounds");
  requireCurrent(salt.byteLength < MIN_PBKDF2_SALT_BYTES, permit, "PBKDF2 salt");
  const password = key.export();
  const derived = pbkdf2Sync(password, salt, iterations, bytes, runtime);
  password.fill(0);
  return derived;
}

function currentHash(name: HashAlgorithm, permit: Permit): HashFunction {
  const found = hashNamed(name);
  requireCurrent(found.name === "SHA-1" || found.name === "MD5", permit, found.name);
  return found;
}

/** A secret base that may be derived from, whether it has an algorithm or not. */
function baseOf(handle: KeyHandle): { key: KeyObject; algorithm: Algorithm | null } {
  const { material, algorithm } = insideOf(handle);
  if (!handle.keyUsages.includes("derive")) throw new CryptoError("E_CRYPTO_USAGE");
  const type = handle.materialType;
  const isSecret = type === "secret-data" || (type === "symmetric-key" && algorithm !== null);
  if (!isSecret) throw new CryptoError("E_CRYPTO_ALGORITHM", "Nothing is derived from this material.");
  return { key: material.key, algorithm };
}

function requireForms(params: DeriveParams): void {
  if (typeof params !== "object" || params === null) throw new CryptoError("E_CRYPTO_INPUT");
  const { data, salt, info, fixed, label, context, iv } = params as unknown as Record<string, unknown>;
  for (const bytes of [data, salt, info, fixed, label, context, iv]) {
    if (bytes !== undefined && !(bytes instanceof Uint8Array))
      throw new CryptoError("E_CRYPTO_INPUT", "A parameter that should be bytes is none.");
  }
  const needs =
    params.method === "PBKDF2" ? salt : params.method === "HMAC" || params.method === "ENCRYPT" ? data : NOTHING;
  if (needs === undefined) throw new CryptoError("E_CRYPTO_INPUT", "A parameter of the derivation is missing.");
}

/** The first bytes; what is left over is wiped. @throws {@link CryptoError} `E_CRYPTO_INPUT` when there are too few */
function cut(source: Buffer, bytes: number): Buffer {
  if (source.byteLength < bytes) {
    source.fill(0);
    throw new CryptoError("E_CRYPTO_INPUT", "The method gives less material than was asked for.");
  }
  const kept = Buffer.from(source.subarray(0, bytes));
  source.fill(0);
  return kept;
}
