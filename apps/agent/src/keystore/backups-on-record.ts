import type { Leaf } from "@holdfast/protocol";

/** A backup on record: when it was made, and how many entries of the log it holds. */
export interface BackupEntry {
  readonly at: number;
  readonly size: number;
}

/** A backup at a destination, as the log records it. */
export interface PlacedBackup extends BackupEntry {
  /** The file there and its length in bytes; null of an entry that does not say it. */
  readonly file: { readonly name: string; readonly bytes: number } | null;
  /** Whether people decided where backups go since: the destination of that name may be another place now. */
  readonly isEarlier: boolean;
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
  /** The newest made by hand, wherever a person put it. */
  byHand: BackupEntry | null;
  /** The newest at each destination, by its name. */
  readonly to: Map<string, PlacedBackup>;
  /** Those that the recovery file opens: how many, and when the newest was made. */
  byRecoveryFile: { readonly count: number; readonly at: number };
  readonly faults: Map<string, BackupFault>;
  /** Those whose key custodians hold, oldest first. */
  readonly escrowed: EscrowedBackup[];
}

const MOST_BACKUPS = 1000;

/** Nothing on record yet. */
export function noBackups(): BackupsOnRecord {
  return {
    ...{ newest: null, byHand: null, to: new Map(), faults: new Map() },
    ...{ byRecoveryFile: { count: 0, at: 0 }, escrowed: [] },
  };
}

/** Entries that say something of backups made, or of where they are to lie. */
export const BACKUP_KINDS: ReadonlySet<string> = new Set(["backup", "backup.failed", "backup.policy"]);

/** Takes an entry of one of {@link BACKUP_KINDS} in. */
export function noteBackup(backups: BackupsOnRecord, { kind, ts, data }: Leaf): void {
  if (kind === "backup.policy") {
    backups.faults.clear(); // of places that may be others now
    for (const [name, entry] of backups.to) backups.to.set(name, { ...entry, isEarlier: true });
    return;
  }
  const to = Array.isArray(data?.to) ? data.to.filter((each) => typeof each === "string") : [];
  if (kind === "backup.failed") {
    const fault = { since: ts, code: String(data?.code ?? "") };
    for (const name of to) if (!backups.faults.has(name)) backups.faults.set(name, fault);
    return;
  }
  const entry = { at: ts, size: Number(data?.size ?? 0) };
  backups.newest = newer(entry, backups.newest);
  if (to.length === 0) backups.byHand = newer(entry, backups.byHand);
  const file = fileOf(data?.file);
  for (const name of to) {
    backups.to.set(name, { ...entry, file, isEarlier: false });
    backups.faults.delete(name);
  }
  const escrow = data?.escrow as (Omit<EscrowedBackup, "at"> & { recoveryFile?: boolean }) | undefined;
  if (escrow === undefined || escrow.recoveryFile === true)
    backups.byRecoveryFile = { count: backups.byRecoveryFile.count + 1, at: ts };
  if (escrow === undefined) return;
  const { hash, k, seats } = escrow;
  backups.escrowed.push({ at: ts, hash, k, seats });
  if (backups.escrowed.length > MOST_BACKUPS) backups.escrowed.shift();
}

function newer({ at, size }: BackupEntry, before: BackupEntry | null): BackupEntry {
  return { at, size: Math.max(size, before?.size ?? 0) };
}

function fileOf(file: unknown): PlacedBackup["file"] {
  if (typeof file !== "object" || file === null) return null;
  const { name, bytes } = file as { name?: unknown; bytes?: unknown };
  return typeof name === "string" && typeof bytes === "number" ? { name, bytes } : null;
}
