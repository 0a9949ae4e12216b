import type { GetNode, TreeNode } from "@holdfast/tlog";

/**
 * The newest complete subtree of each level of a growing tree, kept in memory: all that appending reads. Where it is not
 * known yet, the store is asked.
 */
export class RightEdge {
  readonly #stored: GetNode;
  readonly #newest: (TreeNode | undefined)[];

  constructor(stored: GetNode, newest: readonly (TreeNode | undefined)[] = []) {
    this.#stored = stored;
    this.#newest = [...newest];
  }

  /** One that goes on by itself: what is put there is not here. */
  copy(): RightEdge {
    return new RightEdge(this.#stored, this.#newest);
  }

  readonly node: GetNode = (level, index) => {
    const newest = this.#newest[level];
    return newest?.index === index ? newest.hash : this.#stored(level, index);
  };

  put(node: TreeNode): void {
    this.#newest[node.level] = node;
  }
}
