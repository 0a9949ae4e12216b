import {
  type DomainStateDocument,
  decodeBase64url,
  type Entry,
  type LeafKind,
  parseLeaf,
  parseState,
  stateHash,
} from "@holdfast/protocol";

/** What the newest decision of a kind left of the environment's own state, and where it stands in the log. */
export interface DecidedState {
  /** Null where nothing was ever decided, or where state and entry do not belong together. */
  readonly state: DomainStateDocument | null;
  /** Index of the entry; null where nothing was ever decided. */
  readonly entry: number | null;
  /** Whether the state is the one that the entry names. */
  readonly fits: boolean;
}

/** Reads it from the newest entry of that kind; what does not belong together is not shown. */
export function decidedState(entry: Entry | null, kind: LeafKind): DecidedState {
  if (entry === null) return { state: null, entry: null, fits: true };
  const unfit = { state: null, entry: entry.n, fits: false };
  if (entry.state === undefined) return unfit;
  try {
    const bytes = decodeBase64url(entry.state);
    const state = parseState(bytes);
    const leaf = parseLeaf(decodeBase64url(entry.leaf));
    if (state.kind !== "domain" || leaf.kind !== kind || leaf.post !== stateHash(bytes)) return unfit;
    return { state, entry: entry.n, fits: true };
  } catch {
    return unfit;
  }
}
