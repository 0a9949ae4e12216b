import { CryptoError } from "../errors.ts";
import { type KeyHandle, type MaterialAttributes, useKey } from "../handle/key-handle.ts";
import { derivedBytes, makeDerived } from "./make-derived.ts";

/** ML-KEM's shared secret is 32 bytes, whatever the parameter set. @see FIPS 203 section 3.3 */
const SECRET_BYTES = 32;

/**
 * Makes a new secret under a public key (ML-KEM): a handle of it, and the ciphertext for the private key's holder.
 *
 * @param attributes - What the secret is: a key of 256 bits, or secret data.
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` unless the key has `encrypt` or `agree`; `E_CRYPTO_ALGORITHM`,
 * `E_CRYPTO_INPUT`, `E_CRYPTO_DESTROYED`
 * @see FIPS 203 section 6.2; SP 800-227
 */
export function encapsulate(
  handle: KeyHandle,
  attributes: MaterialAttributes,
): { readonly secret: KeyHandle; readonly ciphertext: Buffer } {
  const { key, algorithm } = useKey(handle, "encrypt", "agree");
  if (algorithm.kem === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  if (key.type !== "public") throw new CryptoError("E_CRYPTO_USAGE");
  const sized = requireSize(attributes);
  const { secret, ciphertext } = algorithm.kem.encapsulate(key);
  return { secret: makeDerived(secret, sized), ciphertext };
}

/**
 * Opens a ciphertext of {@link encapsulate} into a handle of the secret.
 *
 * A ciphertext that was made up gives another secret and no refusal (implicit rejection); one of another length is
 * refused.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for another length; `E_CRYPTO_USAGE` unless the key has `decrypt` or `agree`;
 * `E_CRYPTO_ALGORITHM`, `E_CRYPTO_INPUT`, `E_CRYPTO_DESTROYED`
 * @see FIPS 203 section 6.3
 */
export function decapsulate(handle: KeyHandle, ciphertext: Uint8Array, attributes: MaterialAttributes): KeyHandle {
  const { key, algorithm } = useKey(handle, "decrypt", "agree");
  if (algorithm.kem === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  if (key.type !== "private") throw new CryptoError("E_CRYPTO_USAGE");
  const sized = requireSize(attributes);
  if (!(ciphertext instanceof Uint8Array) || ciphertext.byteLength !== algorithm.kem.ciphertextBytes)
    throw new CryptoError("E_DECRYPT");
  return makeDerived(algorithm.kem.decapsulate(key, ciphertext), sized);
}

function requireSize(attributes: MaterialAttributes): MaterialAttributes {
  const sized =
    attributes.algorithm === null ? { ...attributes, bits: attributes.bits ?? SECRET_BYTES * 8 } : attributes;
  if (derivedBytes(sized) !== SECRET_BYTES)
    throw new CryptoError("E_CRYPTO_INPUT", "An encapsulated secret has 256 bits.");
  return sized;
}
