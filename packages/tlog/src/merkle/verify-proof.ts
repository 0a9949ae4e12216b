import { equalBytes } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { emptyRoot, HASH_BYTES, nodeHash } from "./hash.ts";
import { assertCount } from "./node-id.ts";

/** No tree below 2⁵³ leaves needs a longer proof; C2SP allows 63 lines. */
export const MAX_PROOF_HASHES = 63;

/** What an inclusion proof claims. */
export type InclusionClaim = {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** What a consistency proof claims. */
export type ConsistencyClaim = {
  readonly oldSize: number;
  readonly newSize: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/**
 * Checks that the leaf whose hash is `leaf` stands at `index` of the tree with `size` leaves and root `root`.
 *
 * Trusts: nothing; `root` must come from a checkpoint whose signature was verified.
 *
 * @throws {@link TlogError} `V_INCLUSION`, or `V_MALFORMED` for impossible numbers or hashes.
 * @see RFC 9162 section 2.1.3.2
 */
export function verifyInclusion({ index, size, leaf, root, proof }: InclusionClaim): void {
  assertCount(index, "leaf index");
  assertCount(size, "tree size");
  assertHashes([leaf, root, ...proof]);
  if (index >= size) throw new TlogError("V_INCLUSION", "the tree has no such leaf", { index, size });
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) throw new TlogError("V_INCLUSION", "inclusion proof too long", { index, size });
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0 || !equalBytes(hash, root)) {
    throw new TlogError("V_INCLUSION", "the leaf is not in this tree", { index, size });
  }
}

/**
 * Checks that the tree of `newSize` leaves is the tree of `oldSize` leaves with leaves appended, nothing changed.
 *
 * An old size of 0 with a new size above it is refused: every tree extends the empty one, so such a "proof" says
 * nothing and a caller that relied on it would be wrong.
 *
 * @throws {@link TlogError} `V_CONSISTENCY`, or `V_MALFORMED` for impossible numbers or hashes.
 * @see RFC 9162 section 2.1.4.2
 */
export function verifyConsistency(claim: ConsistencyClaim): void {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  assertCount(oldSize, "old tree size");
  assertCount(newSize, "new tree size");
  assertHashes([oldRoot, newRoot, ...proof]);
  if (oldSize > newSize) throw refuseConsistency(claim, "the old tree is larger");
  if (oldSize === newSize) {
    if (proof.length > 0) throw refuseConsistency(claim, "equal sizes need no proof");
    if (!equalBytes(oldRoot, newRoot)) throw refuseConsistency(claim, "two roots of one size");
    if (oldSize === 0 && !equalBytes(oldRoot, emptyRoot())) throw refuseConsistency(claim, "not the empty tree");
    return;
  }
  if (oldSize === 0) throw refuseConsistency(claim, "the empty tree proves nothing");
  const roots = walkConsistency(claim);
  if (!roots || !equalBytes(roots.old, oldRoot) || !equalBytes(roots.new, newRoot)) {
    throw refuseConsistency(claim, "the new tree does not extend the old one");
  }
}

function walkConsistency({
  oldSize,
  newSize,
  oldRoot,
  proof,
}: ConsistencyClaim): { old: Uint8Array; new: Uint8Array } | null {
  let position = oldSize - 1;
  let last = newSize - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  // Where the old tree is a complete subtree of the new one, the proof leaves its root out.
  const path = position === 0 ? [oldRoot, ...proof] : proof;
  const first = path[0];
  if (!first || proof.length === 0) return null;
  let old = first;
  let joined = first;
  for (const hash of path.slice(1)) {
    if (last === 0) return null;
    if (position % 2 === 1 || position === last) {
      old = nodeHash(hash, old);
      joined = nodeHash(hash, joined);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      joined = nodeHash(joined, hash);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? { old, new: joined } : null;
}

function refuseConsistency({ oldSize, newSize }: ConsistencyClaim, why: string): TlogError {
  return new TlogError("V_CONSISTENCY", why, { oldSize, newSize });
}

function assertHashes(hashes: readonly Uint8Array[]): void {
  if (hashes.length > MAX_PROOF_HASHES + 2) throw new TlogError("V_MALFORMED", "proof too long");
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw new TlogError("V_MALFORMED", "a hash is not 32 bytes");
}
