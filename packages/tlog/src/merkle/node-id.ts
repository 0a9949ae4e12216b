import { TlogError } from "../errors.ts";

/** Place of a complete subtree: `level` 0 is the leaves, `index` counts subtrees of that level from the left. */
export type NodeId = { readonly level: number; readonly index: number };

/** A complete subtree's hash with its place, as a store keeps it. */
export type TreeNode = NodeId & { readonly hash: Uint8Array };

/**
 * Reads a stored node. A store that lacks it (or holds something else) must throw its own error;
 * this package never asks for a node that a tree of that size does not have.
 */
export type GetNode = (level: number, index: number) => Uint8Array;

/**
 * Complete subtrees that together cover leaves `[start, end)`, left to right. `start` must be aligned to the
 * largest of them, which holds for every range that an RFC 6962 proof asks for.
 */
export function coverRange(start: number, end: number): NodeId[] {
  const nodes: NodeId[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/**
 * Checks that a tree size or leaf index is an integer in 0..2⁵³−1.
 *
 * @throws {@link TlogError} `V_MALFORMED`
 */
export function assertCount(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new TlogError("V_MALFORMED", `${what} is not a count`);
}

/** Largest power of two below `size`, where RFC 6962 splits a tree of `size` > 1 leaves. */
export function splitPoint(size: number): number {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
}
