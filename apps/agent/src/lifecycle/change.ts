import type { NewLeaf } from "../custody-log/leaf.ts";
import type { Effect } from "./effect.ts";
import type { Reason } from "./unit-of-work.ts";

/** One write of a change: something that happens to an object, or an entry that changes no row. */
export type ChangeWrite =
  | { readonly effect: Effect; readonly reason: Reason }
  | { readonly entry: NewLeaf; readonly effect?: undefined };

/** What a change comes to, decided on what the store holds now. */
export interface PreparedChange<T> {
  readonly writes: readonly ChangeWrite[];
  /** What is answered once the writes are durable; nothing else has changed in between. */
  result(): T;
}

/**
 * A change that needs no command: what a client does within its grants, and what leaves at its request.
 *
 * Changes of one moment share a transaction, and so one wait for the disk.
 */
export interface Change<T> {
  /**
   * What the change is about: ids, and names that must stay unique. Two changes about one thing are never prepared on
   * the same state.
   */
  readonly touches: readonly string[];
  /** What the change only relies on: nothing else of its transaction touches it. */
  readonly reads?: readonly string[];
  /**
   * Decides, on the records as they are at the moment of the transaction, and repeats every check there. It writes
   * nothing, and may refuse by throwing.
   */
  prepare(): PreparedChange<T>;
}
