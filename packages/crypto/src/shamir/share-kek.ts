import { CryptoError } from "../errors.ts";
import { bytesOfKek, KeyEncryptionKey } from "../wrapping/key-encryption-key.ts";
import { GF_2_8 } from "./fields.ts";
import { joinBytes, type Share, shareBytes, type Threshold } from "./share-bytes.ts";

/**
 * Splits a key-encryption key into full-length shares (Shamir, GF(2^8)): fewer than the threshold say nothing of it.
 *
 * Inside this package only: shares leave by egress.
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for numbers that do not go, `E_CRYPTO_DESTROYED`
 */
export function shareKek(kek: KeyEncryptionKey, threshold: Threshold): Share[] {
  const bytes = bytesOfKek(kek);
  try {
    return shareBytes(GF_2_8, bytes, threshold);
  } finally {
    bytes.fill(0);
  }
}

/**
 * Gives a key-encryption key back from shares. Shares that do not belong together give a key that opens nothing.
 *
 * Caller must: wipe the shares.
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for shares that are the same one, or of another length
 */
export function joinKek(shares: readonly Share[]): KeyEncryptionKey {
  const bytes = joinBytes(GF_2_8, shares);
  if (bytes.byteLength !== 32) throw new CryptoError("E_CRYPTO_INPUT");
  return KeyEncryptionKey.take(bytes);
}
