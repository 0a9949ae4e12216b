import { timingSafeEqual } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { type BackupKey, takeBackupKey } from "../escrow/backup-key.ts";
import { type RootKey, takeRootKey } from "../wrapping/root-key.ts";
import { type HpkeSealed, hpkeOpen } from "./hpke.ts";
import type { RecipientHandle } from "./recipient-handle.ts";

/**
 * Opens a root key that `exportRootForBackup` or `exportRootForAgent` sealed, and checks that it is the one committed to.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for another recipient, info, commitment or damaged bytes; `E_CRYPTO_DESTROYED`
 */
export async function openSealedRoot(
  recipient: RecipientHandle,
  sealed: HpkeSealed,
  info: Uint8Array,
  commitment: Uint8Array,
): Promise<RootKey> {
  const root = takeRootKey(await hpkeOpen(recipient, sealed, info, commitment));
  if (commitment.byteLength !== root.commitment.byteLength || !timingSafeEqual(root.commitment, commitment)) {
    root.zeroize();
    throw new CryptoError("E_DECRYPT");
  }
  return root;
}

/**
 * Opens a backup's key that `exportBackupKey` sealed.
 *
 * @throws {@link CryptoError} `E_DECRYPT` for another recipient, info or damaged bytes; `E_CRYPTO_DESTROYED`
 */
export async function openSealedBackupKey(
  recipient: RecipientHandle,
  sealed: HpkeSealed,
  info: Uint8Array,
): Promise<BackupKey> {
  return takeBackupKey(await hpkeOpen(recipient, sealed, info, new Uint8Array()));
}
