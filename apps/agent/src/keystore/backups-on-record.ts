import type { Leaf } from "@holdfast/protocol";

/** A backup on record: when it was made, and how many entries of the log it holds. */
export interface BackupEntry {
  readonly at: number;
  readonly size: number;
}

/** Backups to a destination have failed since a time, with the code of the first failure. */
export interface BackupFault {
  readonly since: number;
  readonly code: string;
}

/** A backup whose key custodians hold, as the log records it. */
export interface EscrowedBackup {
  readonly at: number;
  /** The hash that names it. */
  readonly hash: string;
  readonly k: number;
  readonly seats: readonly string[];
}

/** What the log says of backups: plain data. */
export interface BackupsOnRecord {
  newest: BackupEntry | null;
  /** The newest at each destination, by its name. */
  readonly to: Map<string, BackupEntry>;
  readonly faults: Map<string, BackupFault>;
  /** Those whose key custodians hold, oldest first. */
  readonly escrowed: EscrowedBackup[];
}

const MOST_BACKUPS = 1000;

/** Nothing on record yet. */
export function noBackups(): BackupsOnRecord {
  return { newest: null, to: new Map(), faults: new Map(), escrowed: [] };
}

/** Entries that say something of backups made, or of where they are to lie. */
export const BACKUP_KINDS: ReadonlySet<string> = new Set(["backup", "backup.failed", "backup.policy"]);

/** Takes an entry of one of {@link BACKUP_KINDS} in. */
export function noteBackup(backups: BackupsOnRecord, { kind, ts, data }: Leaf): void {
  if (kind === "backup.policy") {
    backups.faults.clear(); // of places that may be others now
    return;
  }
  const to = Array.isArray(data?.to) ? data.to.filter((each) => typeof each === "string") : [];
  if (kind === "backup.failed") {
    const fault = { since: ts, code: String(data?.code ?? "") };
    for (const name of to) if (!backups.faults.has(name)) backups.faults.set(name, fault);
    return;
  }
  const entry = { at: ts, size: Number(data?.size ?? 0) };
  backups.newest = { at: ts, size: Math.max(entry.size, backups.newest?.size ?? 0) };
  for (const name of to) {
    backups.to.set(name, entry);
    backups.faults.delete(name);
  }
  const escrow = data?.escrow as Omit<EscrowedBackup, "at"> | undefined;
  if (escrow === undefined) return;
  backups.escrowed.push({ at: ts, ...escrow });
  if (backups.escrowed.length > MOST_BACKUPS) backups.escrowed.shift();
}
