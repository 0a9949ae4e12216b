import { type BackupPolicy, decodeBase64url, type Entry, parseLeaf, parseState, stateHash } from "@holdfast/protocol";

/** The policy that the log's newest decision about backups left, and where it stands there. */
export interface NewestPolicy {
  readonly policy: BackupPolicy | null;
  /** Index of the entry; null where nothing was ever decided. */
  readonly entry: number | null;
  /** Whether the state shown is the one that the entry names. */
  readonly fits: boolean;
}

const NEVER: NewestPolicy = { policy: null, entry: null, fits: true };

/** Reads it from an entry of kind `backup.policy`; what does not belong together is not shown. */
export function newestPolicy(entry: Entry | null): NewestPolicy {
  if (entry === null) return NEVER;
  const unfit = { policy: null, entry: entry.n, fits: false };
  if (entry.state === undefined) return unfit;
  try {
    const bytes = decodeBase64url(entry.state);
    const state = parseState(bytes);
    const leaf = parseLeaf(decodeBase64url(entry.leaf));
    if (state.kind !== "domain" || leaf.kind !== "backup.policy" || leaf.post !== stateHash(bytes)) return unfit;
    return { policy: state.backup ?? null, entry: entry.n, fits: true };
  } catch {
    return unfit;
  }
}
