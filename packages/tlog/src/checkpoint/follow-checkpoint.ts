import { equalBytes } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { verifyConsistency } from "../merkle/verify-proof.ts";
import type { Checkpoint, VerifiedCheckpoint } from "./checkpoint.ts";

/** The largest tree that a reader has seen of a log, kept in its own storage. */
export type PinnedHead = Pick<Checkpoint, "size" | "root">;

/**
 * Follows a log from the tree pinned last to the tree of a checkpoint, or refuses to.
 *
 * Trusts: `pinned` (the reader's own storage) and that the checkpoint's signature was verified. The proof is hostile.
 * Caller must: pin the result before relying on it.
 *
 * @param pinned - Null for a reader that has seen nothing; then any checkpoint is the first.
 * @param proof - Consistency proof from the pinned size; empty where nothing was pinned, or nothing was appended.
 * @throws {@link TlogError} `V_STALE` for a tree smaller than the pinned one, `W_EQUIVOCATION` for another tree of its
 * size, `V_CONSISTENCY` for one that does not extend it, `V_MALFORMED`
 * @see docs/spec/custody-log.md section 5
 */
export function followCheckpoint(
  pinned: PinnedHead | null,
  { size, root }: Pick<VerifiedCheckpoint, "size" | "root">,
  proof: readonly Uint8Array[],
): PinnedHead {
  if (pinned === null || pinned.size === 0) return { size, root };
  if (size < pinned.size) {
    throw new TlogError("V_STALE", "a smaller tree than one seen before", { size, pinned: pinned.size });
  }
  if (size === pinned.size && !equalBytes(root, pinned.root)) {
    throw new TlogError("W_EQUIVOCATION", "two roots of one size were signed", { size });
  }
  verifyConsistency({ oldSize: pinned.size, newSize: size, oldRoot: pinned.root, newRoot: root, proof });
  return { size, root };
}
