import { CryptoError } from "../errors.ts";
import { insideOf, type KeyHandle } from "../handle/key-handle.ts";
import { NO_PERMIT, type Permit, requireCurrent } from "../policy/permit.ts";

/**
 * Refuses a key that protects nothing: of an algorithm or size that is kept for old data, unless policy permits those, and
 * secret keys whose bytes are all the same. What is only kept is taken as it is.
 *
 * @returns the handle
 * @throws {@link CryptoError} `E_CRYPTO_LEGACY`, `E_CRYPTO_KEY`, `E_CRYPTO_DESTROYED`
 * @see SP 800-131A revision 2; SP 800-57 part 1 section 5.6.1
 */
export function requireSound(handle: KeyHandle, permit: Permit = NO_PERMIT): KeyHandle {
  const { algorithm, material } = insideOf(handle);
  if (algorithm === null) return handle;
  requireCurrent(algorithm.legacy, permit, algorithm.name);
  requireCurrent(algorithm.isWeak?.(material.key) === true, permit, algorithm.name);
  if (material.key.type === "secret") {
    const bytes = material.key.export();
    const isConstant = bytes.every((byte) => byte === bytes[0]);
    bytes.fill(0);
    if (isConstant) throw new CryptoError("E_CRYPTO_KEY", "The bytes of the key are all the same.");
  }
  return handle;
}
