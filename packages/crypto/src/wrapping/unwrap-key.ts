import { decryptUnder } from "../cipher/encrypt-with.ts";
import { CryptoError } from "../errors.ts";
import type { KeyHandle, MaterialAttributes } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import type { DecipherParams } from "../policy/cipher-params.ts";
import { NO_PERMIT, type Permit } from "../policy/permit.ts";

/** Finds the material in an unwrapped structure, such as a KMIP Key Value. It keeps no copy. */
export type ReadUnwrapped = (bytes: Buffer) => { readonly bytes: Uint8Array; readonly format: MaterialFormat };

/**
 * Unwraps a key that was wrapped under another into a handle; its bytes do not come to the caller.
 *
 * @param read - The format of the bytes, or what finds the material in a structure that was wrapped whole.
 * @throws {@link CryptoError} `E_CRYPTO_USAGE` unless the unwrapping key has `unwrap`; `E_DECRYPT`, also for bytes that
 * open and are no such key; otherwise as `decryptWith` and `importMaterial`
 * @see SP 800-38F; RFC 3394; RFC 5649; RFC 8017 section 7.1
 */
export function unwrapKey(
  unwrapping: KeyHandle,
  params: DecipherParams,
  wrapped: Uint8Array,
  read: MaterialFormat | ReadUnwrapped,
  attributes: MaterialAttributes,
  permit: Permit = NO_PERMIT,
): KeyHandle {
  const opened = decryptUnder(unwrapping, "unwrap", params, wrapped, permit);
  try {
    const { bytes, format } = typeof read === "string" ? { bytes: opened, format: read } : found(read, opened);
    return importMaterial(bytes, format, attributes);
  } catch (cause) {
    // What opened under an unauthenticated mode says by its form whether the guess was right.
    if (cause instanceof CryptoError && cause.code === "E_CRYPTO_KEY") throw new CryptoError("E_DECRYPT");
    throw cause;
  } finally {
    opened.fill(0);
  }
}

function found(read: ReadUnwrapped, opened: Buffer): { bytes: Uint8Array; format: MaterialFormat } {
  try {
    return read(opened);
  } catch {
    throw new CryptoError("E_DECRYPT");
  }
}
