import type { BackupDestination, BackupPolicy } from "@holdfast/protocol";
import type { LogIndex } from "../keystore/log-index.ts";

/** How backups to one destination stand. */
export interface PlaceState {
  readonly to: BackupDestination;
  /** The newest backup there that was read back and verified; null before the first, and once it is seen not to be there. */
  readonly newest: { readonly at: number; readonly size: number } | null;
  /** Since when backups there fail, with the code and fault of the last failure; null while they do not. */
  readonly failing: { readonly since: number; readonly code: string; readonly fault: string } | null;
}

/** Whether a destination lacks the backup of its interval, or one that was ordered. @param now - Unix seconds. */
export function isDue(
  { name }: Pick<BackupDestination, "name">,
  { intervalSec }: Pick<BackupPolicy, "intervalSec">,
  { index, now }: { readonly index: LogIndex; readonly now: number },
): boolean {
  const newest = index.lastBackupTo(name);
  if (newest === null || newest.file === null) return true; // none, or one that cannot be looked for
  return newest.at + intervalSec <= now || index.newestBackupOrder >= newest.size;
}

/** Whether key material was made, or a key or client ended for good, that no backup at the destination knows of. */
export function isBehind({ name }: Pick<BackupDestination, "name">, index: LogIndex): boolean {
  return Math.max(index.newestMaterial, index.newestEnding) >= (index.lastBackupTo(name)?.size ?? 0);
}
