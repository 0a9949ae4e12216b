import { HkdfProvider, Pbkdf2Provider } from "webcrypto-core";
import { agree } from "../derivation/agree.ts";
import { derive } from "../derivation/derive.ts";
import type { DeriveParams } from "../derivation/derive-params.ts";
import { CryptoError } from "../errors.ts";
import type { KeyHandle, MaterialAttributes } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import type { HashAlgorithm } from "../policy/hash.ts";
import { asHandle, bytesOf, ephemeral, faceOn, usagesFrom } from "./face.ts";
import { hmacName } from "./hmac.ts";

/** Base material of HKDF and PBKDF2: secret data that derives and does nothing else. */
const baseKeys = {
  async onImportKey(
    format: string,
    data: unknown,
    _algorithm: Algorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<KeyHandle> {
    if (format !== "raw") throw new CryptoError("E_CRYPTO_INPUT", "Secrets are imported raw.");
    return importMaterial(bytesOf(data), "raw", ephemeral("secret-data", null, usagesFrom(usages), extractable));
  },
};

/** @see RFC 5869 */
export const hkdfFace = faceOn(HkdfProvider, {
  ...baseKeys,
});

/** @see RFC 8018 section 5.2 */
export const pbkdf2Face = faceOn(Pbkdf2Provider, {
  ...baseKeys,
});

/**
 * WebCrypto's deriveKey, whose result is a handle and whose bits are never seen.
 *
 * HKDF and PBKDF2 give a key of AES or HMAC. ECDH and X25519 give a base for HKDF and nothing else: asked for a key of
 * any other algorithm they are refused, because a shared secret is no key.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`, `E_CRYPTO_LEGACY`
 */
export function deriveKey(
  algorithm: unknown,
  baseKey: unknown,
  derived: unknown,
  extractable: boolean,
  usages: readonly string[],
): KeyHandle {
  const handle = asHandle(baseKey);
  const params = wordsOf(algorithm);
  switch (params.name) {
    case "HKDF":
    case "PBKDF2":
      return derive(handle, derivationOf(params), derivedAttributes(wordsOf(derived), extractable, usages));
    case "ECDH":
    case "X25519":
      if (wordsOf(derived).name !== "HKDF") throw new CryptoError("E_CRYPTO_ALGORITHM");
      return agree(handle, asHandle(params.public), ephemeral("secret-data", null, usagesFrom(usages), extractable));
    default:
      throw new CryptoError("E_CRYPTO_ALGORITHM");
  }
}

interface Words {
  readonly name: string;
  readonly [field: string]: unknown;
}

function wordsOf(algorithm: unknown): Words {
  const given = typeof algorithm === "string" ? { name: algorithm } : algorithm;
  if (typeof given !== "object" || given === null || !("name" in given) || typeof given.name !== "string")
    throw new CryptoError("E_CRYPTO_ALGORITHM");
  return { ...given, name: given.name.toUpperCase() };
}

function hashOf({ hash }: Words): HashAlgorithm {
  return wordsOf(hash).name as HashAlgorithm;
}

function derivationOf(params: Words): DeriveParams {
  const hash = hashOf(params);
  const salt = bytesOf(params["salt"]);
  return params.name === "HKDF"
    ? { method: "HKDF", hash, salt, info: bytesOf(params["info"]) }
    : { method: "PBKDF2", hash, salt, iterations: Number(params["iterations"]) };
}

function derivedAttributes(derived: Words, extractable: boolean, usages: readonly string[]): MaterialAttributes {
  const { name, length } = derived;
  if (name === "HMAC") {
    const attributes = ephemeral("symmetric-key", hmacName(hashOf(derived)), usagesFrom(usages, true), extractable);
    return length === undefined ? attributes : { ...attributes, bits: Number(length) };
  }
  if (!/^AES-(GCM|CBC|CTR|KW)$/.test(name)) throw new CryptoError("E_CRYPTO_ALGORITHM");
  return ephemeral("symmetric-key", `AES-${Number(length)}`, usagesFrom(usages), extractable);
}
