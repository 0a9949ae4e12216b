import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBackupFile, type VerifiedBackupFile } from "./backup-file.ts";
import { type BackupOpener, openBackup } from "./open-backup.ts";

/** What was found out about a backup. */
export interface BackupVerdict {
  readonly manifest: VerifiedBackupFile["manifest"];
  /** The backup's own hash, where custodians hold its key; null in the first form. */
  readonly hash: string | null;
  readonly bytes: number;
  /** True when it was also opened with the recovery key and its content checked; false when only the outside was. */
  readonly opened: boolean;
}

/**
 * Verifies a backup: without secrets its structure, signature and digest; with the recovery key also that it opens and
 * that root key, agent keys and store belong together.
 *
 * @throws {@link CustodyError} `E_BACKUP_FILE`, `E_BACKUP_FORM`, `E_BACKUP_SIGNATURE`, `E_BACKUP_DIGEST`, and with a
 * recovery key `E_RECOVERY_FILE`, `E_RECOVERY_OPEN`, `E_BACKUP_OPEN`, `E_BACKUP_CONTENT`
 */
export async function verifyBackup(path: string, opener?: BackupOpener): Promise<BackupVerdict> {
  const file = await readBackupFile(path);
  if (opener === undefined)
    return { manifest: file.manifest, hash: file.escrow?.hash ?? null, bytes: file.bytes, opened: false };
  const folder = mkdtempSync(join(tmpdir(), "holdfast-verify-"));
  try {
    const { root } = await openBackup(file, opener, join(folder, "agent.db"));
    root.zeroize();
    return { manifest: file.manifest, hash: file.escrow?.hash ?? null, bytes: file.bytes, opened: true };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
