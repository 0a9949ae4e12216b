import { CryptoError } from "../errors.ts";
import { insideOf, type KeyHandle } from "../handle/key-handle.ts";
import { isTokenKey } from "../pkcs11/token-key.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";

/**
 * Writes the material in a format; bytes as they came when that is the format they came in.
 *
 * Inside this package only (egress, wrapping, public halves); the caller wipes what is secret.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for a format the material has not, `E_CRYPTO_DESTROYED`,
 * `E_NOT_EXTRACTABLE` for a key that is in a token
 */
export function encodeMaterial(handle: KeyHandle, format?: MaterialFormat): Buffer {
  const { material, algorithm } = insideOf(handle);
  if (isTokenKey(material.key)) material.key.export();
  const asked = format ?? material.format;
  if (asked === material.format && material.original !== null) return material.original.export();
  if (material.key.type === "secret") {
    if (asked !== material.format) throw wrongFormat();
    return material.key.export();
  }
  const written = algorithm?.writeAsymmetric?.(material.key, asked) ?? null;
  if (written === null) throw wrongFormat();
  return written;
}

/** The format the material is kept in. */
export function formatOf(handle: KeyHandle): MaterialFormat {
  return insideOf(handle).material.format;
}

function wrongFormat(): CryptoError {
  return new CryptoError("E_CRYPTO_INPUT", "The material has no such format.");
}
