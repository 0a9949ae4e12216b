import { TlogError } from "../errors.ts";
import { emptyRoot, nodeHash } from "./hash.ts";
import { assertCount, coverRange, type GetNode, type TreeNode } from "./node-id.ts";

/** How two neighbouring subtrees' hashes become one. */
export type Join = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/** What appending one leaf changes: nodes to store, and the tree they make. */
export type Appended = { readonly size: number; readonly root: Uint8Array; readonly nodes: readonly TreeNode[] };

/**
 * Appends a leaf to a tree whose complete subtrees live in a store.
 *
 * Reads and writes O(log n) nodes and is synchronous, so that it can run inside the one transaction that also
 * writes the leaf. Stored nodes never change afterwards: a store can make them insert-only.
 *
 * Caller must: store all of `nodes` together with the leaf, or nothing.
 *
 * @param size - Number of leaves before this one; also the new leaf's index.
 * @see RFC 9162 section 2.1.1
 */
export function appendLeaf(size: number, hash: Uint8Array, getNode: GetNode): Appended {
  const nodes = appendNodes(size, hash, getNode);
  const fresh = new Map(nodes.map((each) => [`${each.level}/${each.index}`, each.hash]));
  const read: GetNode = (level, index) => fresh.get(`${level}/${index}`) ?? getNode(level, index);
  return { size: size + 1, root: rootAt(size + 1, read), nodes };
}

/**
 * The nodes that one more leaf completes, its own first: {@link appendLeaf} without the root, for whoever appends many
 * and wants the root of the last.
 *
 * @param join - {@link nodeHash}, or what computes the same faster.
 */
export function appendNodes(size: number, hash: Uint8Array, getNode: GetNode, join: Join = nodeHash): TreeNode[] {
  assertCount(size, "tree size");
  let node: TreeNode = { level: 0, index: size, hash };
  const nodes = [node];
  while (node.index % 2 === 1) {
    const left = getNode(node.level, node.index - 1);
    node = { level: node.level + 1, index: (node.index - 1) / 2, hash: join(left, node.hash) };
    nodes.push(node);
  }
  return nodes;
}

/** Root of the first `size` leaves of a stored tree, at most log₂(size) node reads. */
export function rootAt(size: number, getNode: GetNode, join: Join = nodeHash): Uint8Array {
  assertCount(size, "tree size");
  if (size === 0) return emptyRoot();
  const hashes = coverRange(0, size).map(({ level, index }) => getNode(level, index));
  return foldNodes(hashes, join);
}

/** Joins the hashes of neighbouring complete subtrees, largest first, into one. */
export function foldNodes(hashes: readonly Uint8Array[], join: Join = nodeHash): Uint8Array {
  const folded = hashes.reduceRight<Uint8Array | null>((right, left) => (right ? join(left, right) : left), null);
  if (!folded) throw new TlogError("V_MALFORMED", "an empty range has no hash");
  return folded;
}

/** A tree in memory: what a verifier builds from leaves, and a store for tests. */
export class MemoryTree {
  readonly #levels: Uint8Array[][] = [];
  #size = 0;
  #root = emptyRoot();

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Root over all leaves. */
  get root(): Uint8Array {
    return this.#root;
  }

  /** Appends the hash of a leaf (see {@link leafHash}) and returns its index. */
  append(hash: Uint8Array): number {
    const appended = appendLeaf(this.#size, hash, this.getNode);
    for (const node of appended.nodes) {
      const level = this.#levels[node.level] ?? [];
      level[node.index] = node.hash;
      this.#levels[node.level] = level;
    }
    this.#size = appended.size;
    this.#root = appended.root;
    return this.#size - 1;
  }

  /** Node reader of this tree. */
  readonly getNode: GetNode = (level, index) => {
    const hash = this.#levels[level]?.[index];
    if (!hash) throw new TlogError("V_MALFORMED", "the tree has no such node", { level, index });
    return hash;
  };
}
