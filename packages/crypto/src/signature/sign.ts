import type { KeyObject } from "node:crypto";
import { requireMessage } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import { type KeyHandle, useKey } from "../handle/key-handle.ts";
import type { Algorithm, SignatureParams, SignaturePrimitives } from "../policy/algorithm.ts";
import { hashNamed } from "../policy/hash.ts";
import { NO_PERMIT, type Permit, requireCurrent } from "../policy/permit.ts";

/**
 * Signs data, or a digest of it made elsewhere (`prehashed`).
 *
 * @throws {@link CryptoError} `E_CRYPTO_USAGE`, `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM` for a scheme or hash the key
 * has not, `E_CRYPTO_LEGACY` for SHA-1, MD5 and RSA below 2048 bits, `E_CRYPTO_INPUT` for a digest of another size,
 * `E_CRYPTO_KEY` when the key is too small for the hash
 * @see FIPS 186-5; RFC 8017; RFC 8032; FIPS 204
 */
export function sign(handle: KeyHandle, params: SignatureParams, data: Uint8Array, permit: Permit = NO_PERMIT): Buffer {
  const { key, algorithm } = useKey(handle, "sign");
  const signature = primitivesOf(key, "private", algorithm, params, permit);
  requireCurrent(algorithm.isWeak?.(key) === true, permit, algorithm.name);
  requireMessage(data);
  requireDigest(params, data);
  try {
    return signature.sign(key, params, data);
  } catch (cause) {
    throw cause instanceof CryptoError ? cause : new CryptoError("E_CRYPTO_KEY");
  }
}

/**
 * Tells whether a signature is the key's over the data. A private key does not verify; its public half does.
 *
 * Verification by a short RSA key needs no permit: old signatures remain checkable. SHA-1 and MD5 do.
 *
 * @throws {@link CryptoError} as {@link sign}, and never for anything about the signature itself
 */
export function verify(
  handle: KeyHandle,
  params: SignatureParams,
  data: Uint8Array,
  signature: Uint8Array,
  permit: Permit = NO_PERMIT,
): boolean {
  const { key, algorithm } = useKey(handle, "verify");
  const primitives = primitivesOf(key, "public", algorithm, params, permit);
  requireMessage(data);
  requireMessage(signature);
  requireDigest(params, data);
  try {
    return primitives.verify(key, params, data, signature);
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    return false;
  }
}

function primitivesOf(
  key: KeyObject,
  half: "private" | "public",
  { signature }: Algorithm,
  params: SignatureParams,
  permit: Permit,
): SignaturePrimitives {
  if (key.type !== half) throw new CryptoError("E_CRYPTO_USAGE");
  if (typeof params !== "object" || params === null) throw new CryptoError("E_CRYPTO_INPUT");
  const { scheme, hash, mgfHash, saltBytes, form, prehashed, context } = params;
  if (signature === undefined || !signature.schemes.includes(scheme))
    throw new CryptoError("E_CRYPTO_ALGORITHM", "The key's algorithm has no such signature scheme.");
  const hashes = scheme !== "EdDSA" && scheme !== "ML-DSA";
  if (hashes) {
    const { name } = hashNamed(hash);
    requireCurrent(name === "SHA-1" || name === "MD5", permit, name);
  }
  const saltFits =
    saltBytes === undefined ||
    (saltBytes === "any" ? half === "public" : Number.isSafeInteger(saltBytes) && saltBytes >= 0 && saltBytes <= 1024);
  const contextFits =
    context === undefined || (context instanceof Uint8Array && context.byteLength <= 255 && scheme !== "ECDSA");
  if (
    (!hashes && (hash !== undefined || prehashed === true)) ||
    (scheme !== "RSA-PSS" && (saltBytes !== undefined || mgfHash !== undefined)) ||
    (hashes && context !== undefined) ||
    (form !== undefined && form !== "der" && form !== "raw") ||
    !saltFits ||
    !contextFits
  ) {
    throw new CryptoError("E_CRYPTO_INPUT", "The signature scheme does not take these parameters.");
  }
  return signature;
}

function requireDigest({ prehashed, hash }: SignatureParams, data: Uint8Array): void {
  if (prehashed !== true) return;
  const { bytes } = hashNamed(hash);
  if (data.byteLength !== bytes)
    throw new CryptoError("E_CRYPTO_INPUT", "The digest has another size than its hash function gives.", { bytes });
}
