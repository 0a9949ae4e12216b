import { createSecretKey } from "node:crypto";
import { CryptoError, isOfToken } from "../errors.ts";
import { insideOf, type KeyHandle, type MaterialAttributes, useKey } from "../handle/key-handle.ts";
import { NO_PERMIT, type Permit } from "../policy/permit.ts";
import { deriveBytes } from "./derive.ts";
import type { DeriveParams } from "./derive-params.ts";
import { derivedBytes, makeDerived } from "./make-derived.ts";

/**
 * Agrees on a shared secret with a peer's public key (ECDH, X25519, X448) and keeps it as a handle.
 *
 * @param peer - The peer's public key, of the same algorithm; `importMaterial` has checked it.
 * @param attributes - What the result is. Without `derivation` it is the shared secret itself, as secret data.
 * @param derivation - How a key is made of the shared secret, which is the proper use of it.
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` unless the private key has `agree` or `derive`; `E_CRYPTO_KEY` for a peer
 * of another algorithm or whose secret is zero; `E_CRYPTO_DESTROYED`, `E_CRYPTO_ALGORITHM`, `E_CRYPTO_INPUT`
 * @see SP 800-56A revision 3 sections 5.7.1.2 and 5.8; RFC 7748 section 6
 */
export function agree(
  handle: KeyHandle,
  peer: KeyHandle,
  attributes: MaterialAttributes,
  derivation?: Exclude<DeriveParams, { method: "ENCRYPT" }>,
  permit: Permit = NO_PERMIT,
): KeyHandle {
  const { key, algorithm } = useKey(handle, "agree", "derive");
  const { material, algorithm: peerAlgorithm } = insideOf(peer);
  if (algorithm.agree === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  if (key.type !== "private" || material.key.type !== "public") throw new CryptoError("E_CRYPTO_USAGE");
  if (peerAlgorithm?.name !== algorithm.name)
    throw new CryptoError("E_CRYPTO_KEY", "The peer's key has another algorithm.");
  if (derivation === undefined && attributes.type !== "secret-data")
    throw new CryptoError("E_CRYPTO_INPUT", "A shared secret is no key until one is derived from it.");
  let secret: Buffer;
  try {
    secret = algorithm.agree(key, material.key);
  } catch (cause) {
    throw isOfToken(cause) ? cause : new CryptoError("E_CRYPTO_KEY");
  }
  if (derivation === undefined) return makeDerived(secret, { ...attributes, bits: secret.byteLength * 8 });
  try {
    const base = createSecretKey(secret);
    return makeDerived(deriveBytes(base, null, derivation, derivedBytes(attributes), permit), attributes);
  } finally {
    secret.fill(0);
  }
}
