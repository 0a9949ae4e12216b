import type { LogIndex } from "../keystore/log-index.ts";
import type { AutomaticBackups } from "./automatic-backups.ts";

/**
 * Keys that are not destroyed, with a version that no backup holds: of those made by hand, and of those at destinations of
 * today's policy that are still there as far as this agent has seen.
 */
export function unbackedKeys({
  index,
  backups,
}: {
  readonly index: LogIndex;
  readonly backups: Pick<AutomaticBackups, "newest">;
}): number {
  return keysAfter(index, backups.newest()?.size ?? 0);
}

/** The same by the custody log alone: of every backup on record, wherever it lies now. What reports and attestations say. */
export function unbackedOnRecord(index: LogIndex): number {
  return keysAfter(index, index.lastBackup()?.size ?? 0);
}

function keysAfter(index: LogIndex, size: number): number {
  return index.newestMaterial < size ? 0 : index.madeSince(size);
}
