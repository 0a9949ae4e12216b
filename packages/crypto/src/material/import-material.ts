import { createPublicKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { insideOf, type KeyHandle, type MaterialAttributes, makeKeyHandle } from "../handle/key-handle.ts";
import { isTokenKey } from "../pkcs11/token-key.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import { algorithmNamed } from "../provider/crypto.ts";
import { encodeMaterial } from "./encode-material.ts";
import { readMaterial } from "./read-material.ts";

/**
 * Takes material that somebody held before. The caller's bytes are not changed: the caller wipes them.
 *
 * Keys are read strictly: one encoding and nothing after it, the named curve and size, and the parts of a private key
 * proven to belong together. Everything that is only kept is taken as it is. A format's bytes come back as they came.
 *
 * @throws {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_KEY` for material that is not what the attributes say,
 * `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`
 * @see SP 800-56B revision 2 section 6.4; SP 800-56A revision 3 section 5.6.2; RFC 5208, 5915, 8017, 5280
 */
export function importMaterial(bytes: Uint8Array, format: MaterialFormat, attributes: MaterialAttributes): KeyHandle {
  const { algorithm, material } = readMaterial(bytes, format, attributes, true);
  return makeKeyHandle(algorithm, material, attributes);
}

/**
 * The public half of a private key as a handle of its own.
 *
 * @param attributes - Its algorithm must be the private key's.
 * @throws {@link CryptoError} `E_CRYPTO_KEY` when the handle is no private key or has another algorithm
 */
export function publicOf(handle: KeyHandle, attributes: MaterialAttributes): KeyHandle {
  const { material, algorithm } = insideOf(handle);
  const { key } = material;
  if (key.type !== "private" || attributes.type !== "public-key" || attributes.algorithm !== handle.keyAlgorithm)
    throw new CryptoError("E_CRYPTO_KEY");
  const own = algorithm === null ? null : algorithmNamed(algorithm.name);
  return makeKeyHandle(own, { key: publicHalfOf(key), format: "spki", original: null }, attributes);
}

/** Formats a public half is given out in. */
export type PublicFormat = "spki" | "pkcs1" | "raw" | "jwk";

/**
 * Gives out the public half of a key pair, from either half: it is no secret.
 *
 * @returns DER or raw bytes; for `jwk` the canonical JSON of its members in UTF-8.
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for material without a public half, `E_CRYPTO_INPUT` for a format it has not
 */
export function exportPublic(handle: KeyHandle, format: PublicFormat): Buffer {
  const { material, algorithm } = insideOf(handle);
  const { key } = material;
  if (key.type === "secret") throw new CryptoError("E_CRYPTO_KEY");
  if (key.type === "public" && format === material.format) return encodeMaterial(handle, format);
  const publicKey = key.type === "private" ? publicHalfOf(key) : key;
  if (format === "jwk") return Buffer.from(JSON.stringify(publicKey.export({ format: "jwk" })), "utf8");
  const written = algorithm?.writeAsymmetric?.(publicKey, format) ?? null;
  if (written === null) throw new CryptoError("E_CRYPTO_INPUT", "The public key has no such format.");
  return written;
}

/** The public half of a private key, wherever that is. */
function publicHalfOf(key: KeyObject): KeyObject {
  if (!isTokenKey(key)) return createPublicKey(key);
  if (key.form.type !== "private") throw new CryptoError("E_CRYPTO_KEY");
  return key.form.publicKey;
}
