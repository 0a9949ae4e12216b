import { readNodes, type Scope, type StoredNode, type TenantClient } from "@holdfast/db";
import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import { appendLeaf, type GetNode, rootAt } from "@holdfast/tlog";
import { GatewayError } from "../gateway-error.ts";

/** The tree that is stored of a log, and what is about to be added to it. */
export class StoredTree {
  readonly #nodes: Map<string, string>;
  readonly #added: StoredNode[] = [];
  #size: number;

  private constructor(size: number, nodes: Map<string, string>) {
    this.#size = size;
    this.#nodes = nodes;
  }

  /** Reads what appending needs, and what the root at an earlier size needs. */
  static async read(tx: TenantClient, scope: Scope, sizes: { now: number; earlier: number }): Promise<StoredTree> {
    const wanted = [...cover(sizes.now), ...cover(sizes.earlier)];
    return new StoredTree(sizes.now, await readNodes(tx, scope, wanted));
  }

  get size(): number {
    return this.#size;
  }

  /** Nodes that are not stored yet. */
  get added(): readonly StoredNode[] {
    return this.#added;
  }

  append(hash: Uint8Array): void {
    const { nodes, size } = appendLeaf(this.#size, hash, this.#getNode);
    for (const node of nodes) {
      const text = encodeBase64url(node.hash);
      this.#nodes.set(`${node.level}/${node.index}`, text);
      this.#added.push({ level: node.level, index: node.index, hash: text });
    }
    this.#size = size;
  }

  /** Root at the present size, or at the earlier one that was named. */
  rootAt(size: number): Uint8Array {
    return rootAt(size, this.#getNode);
  }

  readonly #getNode: GetNode = (level, index) => {
    const hash = this.#nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new GatewayError("E_STORE", "The stored log lacks a node.", { level, index });
    return decodeBase64url(hash);
  };
}

/** The complete subtrees that a tree of a size consists of. */
function cover(size: number): { level: number; index: number }[] {
  const nodes: { level: number; index: number }[] = [];
  for (let level = 0, width = 1; width <= size; level += 1, width *= 2) {
    if (Math.floor(size / width) % 2 === 1) nodes.push({ level, index: Math.floor(size / width) - 1 });
  }
  return nodes;
}
