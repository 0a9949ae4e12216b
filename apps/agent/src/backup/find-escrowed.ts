import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BackupDestination } from "@holdfast/protocol";
import { readBackupFile } from "../custody/backup/backup-file.ts";
import type { EscrowTrailer } from "../custody/backup/escrow-trailer.ts";
import { newestBackups } from "./backup-names.ts";
import { openDestination } from "./destinations/open-destination.ts";

/** Files of one destination that are read before the next one is asked. */
const MOST_FILES = 3;

/** Which backup, and where it may lie. */
export interface WantedBackup {
  readonly tid: string;
  /** The hash that names it. */
  readonly backup: string;
  /** When it was recorded, Unix seconds: the file was begun before. */
  readonly at: number;
  readonly destinations: readonly BackupDestination[];
  readonly dataDirectory: string;
}

/**
 * Reads a backup with custodians from the first destination that has it, and verifies it whole; null when none gives it back.
 * A destination that fails or lies is passed over. The copy is removed again.
 */
export async function findEscrowed(wanted: WantedBackup, signal: AbortSignal): Promise<EscrowTrailer | null> {
  const folder = join(wanted.dataDirectory, "backup-staging", randomBytes(8).toString("hex"));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const to of wanted.destinations) {
      const found = await findAt(to, wanted, folder, signal).catch(() => null);
      if (found !== null) return found;
    }
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findAt(to: BackupDestination, wanted: WantedBackup, folder: string, signal: AbortSignal) {
  const place = openDestination(to, wanted.dataDirectory);
  const names = newestBackups(await place.list(signal), wanted.tid, wanted.at).slice(0, MOST_FILES);
  for (const name of names) {
    const copy = join(folder, `${to.name}-${name}`);
    await place.get(name, copy, signal);
    const whole = await readBackupFile(copy).catch(() => null);
    await rm(copy, { force: true });
    if (whole?.escrow?.hash === wanted.backup) return whole.escrow;
  }
  return null;
}
