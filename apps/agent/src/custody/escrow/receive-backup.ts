import { existsSync } from "node:fs";
import { join } from "node:path";
import { encodeBase64url } from "@holdfast/protocol";
import { readBackupFile } from "../backup/backup-file.ts";
import { type Restored, restoreBackup } from "../backup/restore-backup.ts";
import { CustodyError } from "../errors.ts";
import type { KekChoice } from "../kek-source.ts";
import { Receiving } from "./receiving.ts";

/** Where a released backup shall live. */
export interface ReceiveOptions {
  readonly backup: string;
  readonly dataDirectory: string;
  readonly keyDirectory: string;
  readonly kek: KekChoice;
  /** Unix seconds. */
  readonly now: () => number;
  readonly reason: string;
}

/**
 * Begins to receive a backup: it is verified whole, and the release to a fresh key of this process is proposed.
 *
 * @throws {@link CustodyError} `E_BACKUP_…`; `E_RESTORE_TARGET`; {@link ProtocolError} for a chain that does not hold
 */
export async function beginReceiving({ backup, dataDirectory, now, reason }: ReceiveOptions): Promise<Receiving> {
  if (existsSync(join(dataDirectory, "agent.db")))
    throw new CustodyError("E_RESTORE_TARGET", undefined, { path: dataDirectory });
  const { escrow } = await readBackupFile(backup);
  if (escrow === null)
    throw new CustodyError("E_BACKUP_OPEN", "No custodian holds a share of this backup: its recovery file opens it.");
  return Receiving.begin(escrow, now, reason);
}

/** Waits for the last share and restores the backup; what was received is forgotten either way. @throws as {@link restoreBackup} */
export async function finishReceiving(receiving: Receiving, options: ReceiveOptions): Promise<Restored> {
  const { backup, dataDirectory, keyDirectory, kek } = options;
  const backupKey = await receiving.complete();
  const { releaseCmd, envelope } = receiving;
  const under = { ...receiving.facts(), release: releaseCmd, envelope: encodeBase64url(envelope) };
  try {
    return await restoreBackup({ backup, dataDirectory, keyDirectory, kek, backupKey, under });
  } finally {
    backupKey.zeroize();
    receiving.close();
  }
}
