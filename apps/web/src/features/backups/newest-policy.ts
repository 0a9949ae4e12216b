import type { BackupPolicy, Entry } from "@holdfast/protocol";
import { decidedState } from "./decided-state.ts";

/** The policy that the log's newest decision about backups left, and where it stands there. */
export interface NewestPolicy {
  readonly policy: BackupPolicy | null;
  /** Index of the entry; null where nothing was ever decided. */
  readonly entry: number | null;
  /** Whether the state shown is the one that the entry names. */
  readonly fits: boolean;
}

/** Reads it from an entry of kind `backup.policy`; what does not belong together is not shown. */
export function newestPolicy(entry: Entry | null): NewestPolicy {
  const { state, ...place } = decidedState(entry, "backup.policy");
  return { policy: state?.backup ?? null, ...place };
}
