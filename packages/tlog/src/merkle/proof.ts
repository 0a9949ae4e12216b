import { TlogError } from "../errors.ts";
import { assertCount, coverRange, type GetNode, type NodeId, splitPoint } from "./node-id.ts";
import { foldNodes } from "./tree.ts";

/**
 * A proof before its hashes are known: each element is the nodes whose fold is one hash of the proof.
 *
 * Plans exist so that a store with asynchronous reads (PostgreSQL) fetches all nodes in one query.
 */
export type ProofPlan = readonly (readonly NodeId[])[];

/**
 * Which nodes prove that leaf `index` is in the tree of `size` leaves.
 *
 * @throws {@link TlogError} `V_MALFORMED` when that tree has no such leaf.
 * @see RFC 9162 section 2.1.3.1
 */
export function planInclusion(index: number, size: number): ProofPlan {
  assertCount(index, "leaf index");
  assertCount(size, "tree size");
  if (index >= size) throw new TlogError("V_MALFORMED", "no such leaf in a tree of that size", { index, size });
  const plan: NodeId[][] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      plan.push(coverRange(middle, end));
      end = middle;
    } else {
      plan.push(coverRange(start, middle));
      start = middle;
    }
  }
  return plan.reverse();
}

/**
 * Which nodes prove that the tree of `newSize` leaves extends the tree of `oldSize` leaves.
 *
 * @throws {@link TlogError} `V_MALFORMED` when `oldSize` is larger.
 * @see RFC 9162 section 2.1.4.1
 */
export function planConsistency(oldSize: number, newSize: number): ProofPlan {
  assertCount(oldSize, "old tree size");
  assertCount(newSize, "new tree size");
  if (oldSize > newSize) throw new TlogError("V_MALFORMED", "the old tree is larger", { oldSize, newSize });
  if (oldSize === 0 || oldSize === newSize) return [];
  const plan: NodeId[][] = [];
  let start = 0;
  let end = newSize;
  while (oldSize !== end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      plan.push(coverRange(middle, end));
      end = middle;
    } else {
      plan.push(coverRange(start, middle));
      start = middle;
    }
  }
  if (start > 0) plan.push(coverRange(start, end));
  return plan.reverse();
}

/** Turns a plan into the proof's hashes. */
export function completeProof(plan: ProofPlan, getNode: GetNode): Uint8Array[] {
  return plan.map((nodes) => foldNodes(nodes.map(({ level, index }) => getNode(level, index))));
}

/** Inclusion proof of leaf `index` from a store with synchronous reads. */
export function inclusionProof(index: number, size: number, getNode: GetNode): Uint8Array[] {
  return completeProof(planInclusion(index, size), getNode);
}

/** Consistency proof between two sizes from a store with synchronous reads. */
export function consistencyProof(oldSize: number, newSize: number, getNode: GetNode): Uint8Array[] {
  return completeProof(planConsistency(oldSize, newSize), getNode);
}
