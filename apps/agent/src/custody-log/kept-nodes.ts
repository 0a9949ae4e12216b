import type { TreeNode } from "@holdfast/tlog";
import { StoreError } from "../keystore/errors.ts";
import type { LogRows, Store } from "../keystore/store.ts";
import { leafHash, nodeHash } from "./tree-hash.ts";

/** Of so many levels of the tree one is stored. */
const STEP = 4;

/**
 * Writes a node of the tree, if it is one that is kept: an entry's own node is its bytes' hash, and the levels between the
 * kept ones are made of at most eight nodes below them. So an entry costs the store one row, and a fifteenth of another.
 */
export function keepNode(store: Store, { level, index, hash }: TreeNode): void {
  if (isKept(level)) store.putNode(level, index, hash);
}

/**
 * Reads a complete subtree's hash: as it is stored (stores of the first release have them all), or made of what is.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` where what it is made of is missing
 */
export function readNode(store: LogRows, level: number, index: number): Uint8Array {
  const stored = store.findNode(level, index);
  if (stored !== null) return stored;
  if (level === 0) {
    const [leaf] = store.leaves(index, 1);
    if (leaf?.n === index) return leafHash(leaf.bytes);
  }
  if (level === 0 || isKept(level))
    throw new StoreError("E_LOG_CORRUPT", "A node of the custody log is missing.", { level, index });
  return nodeHash(readNode(store, level - 1, index * 2), readNode(store, level - 1, index * 2 + 1));
}

function isKept(level: number): boolean {
  return level > 0 && level % STEP === 0;
}
