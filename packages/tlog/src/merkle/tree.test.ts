import { describe, expect, test } from "vitest";
import { TlogError } from "../errors.ts";
import { emptyRoot, leafHash, nodeHash } from "./hash.ts";
import { splitPoint } from "./node-id.ts";
import { completeProof, consistencyProof, inclusionProof, planConsistency, planInclusion } from "./proof.ts";
import { appendLeaf, MemoryTree, rootAt } from "./tree.ts";
import { verifyConsistency, verifyInclusion } from "./verify-proof.ts";

const SIZES = 70;

function leaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => leafHash(Uint8Array.of(n >> 8, n & 255)));
}

/** The definition of RFC 9162 section 2.1.1, word for word. */
function definedRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (!first) return emptyRoot();
  if (hashes.length === 1) return first;
  const k = splitPoint(hashes.length);
  return nodeHash(definedRoot(hashes.slice(0, k)), definedRoot(hashes.slice(k)));
}

function grow(count: number): { tree: MemoryTree; hashes: Uint8Array[] } {
  const tree = new MemoryTree();
  const hashes = leaves(count);
  for (const hash of hashes) tree.append(hash);
  return { tree, hashes };
}

describe("a tree over stored nodes", () => {
  test("has at every size the root that RFC 9162 defines", () => {
    const { tree, hashes } = grow(SIZES);
    for (let size = 0; size <= SIZES; size++) {
      expect(rootAt(size, tree.getNode)).toEqual(definedRoot(hashes.slice(0, size)));
    }
    expect(tree.root).toEqual(definedRoot(hashes));
  });

  test("stores each complete subtree once and reads no more than the height of the tree when appending", () => {
    const stored = new Map<string, Uint8Array>();
    for (const [size, hash] of leaves(257).entries()) {
      let reads = 0;
      const appended = appendLeaf(size, hash, (level, index) => {
        reads += 1;
        const found = stored.get(`${level}/${index}`);
        if (!found) throw new TlogError("V_MALFORMED", "asked for a node that does not exist", { level, index });
        return found;
      });
      for (const node of appended.nodes) {
        expect(stored.has(`${node.level}/${node.index}`)).toBe(false);
        stored.set(`${node.level}/${node.index}`, node.hash);
      }
      expect(reads).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 2)));
    }
    expect(stored.size).toBe(257 + 128 + 64 + 32 + 16 + 8 + 4 + 2 + 1);
  });

  test("proves every leaf at every size, and a wrong leaf, place, size or root is refused", () => {
    const { tree, hashes } = grow(SIZES);
    const stranger = leafHash(Uint8Array.of(9, 9, 9));
    for (let size = 1; size <= SIZES; size += 3) {
      const root = rootAt(size, tree.getNode);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, tree.getNode);
        const leaf = hashes[index] ?? stranger;
        verifyInclusion({ index, size, leaf, root, proof });
        expect(() => verifyInclusion({ index, size, leaf: stranger, root, proof })).toThrow(TlogError);
        expect(() => verifyInclusion({ index, size, leaf, root: stranger, proof })).toThrow(TlogError);
        expect(() => verifyInclusion({ index, size, leaf, root, proof: [...proof, stranger] })).toThrow(TlogError);
        if (size > 1) {
          const other = (index + 1) % size;
          expect(() => verifyInclusion({ index: other, size, leaf, root, proof })).toThrow(TlogError);
          expect(() => verifyInclusion({ index, size, leaf, root, proof: proof.slice(1) })).toThrow(TlogError);
        }
      }
    }
  });

  test("proves that every larger tree extends every smaller one, and refuses a changed history", () => {
    const { tree } = grow(SIZES);
    const forged = new MemoryTree();
    for (const [n, hash] of leaves(SIZES).entries()) forged.append(n === 2 ? leafHash(Uint8Array.of(255)) : hash);
    for (let newSize = 1; newSize <= SIZES; newSize += 2) {
      for (let oldSize = 1; oldSize <= newSize; oldSize++) {
        const proof = consistencyProof(oldSize, newSize, tree.getNode);
        const oldRoot = rootAt(oldSize, tree.getNode);
        const newRoot = rootAt(newSize, tree.getNode);
        verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof });
        if (newSize < 3) continue;
        const claim = { oldSize, newSize, newRoot: rootAt(newSize, forged.getNode), oldRoot };
        const forgedProof = consistencyProof(oldSize, newSize, forged.getNode);
        if (oldSize > 2) expect(() => verifyConsistency({ ...claim, proof: forgedProof })).toThrow(TlogError);
        expect(() => verifyConsistency({ ...claim, proof })).toThrow(TlogError);
      }
    }
  });

  test("plans proofs beyond 2^32 leaves with whole numbers", () => {
    const size = 2 ** 40 + 12345;
    const index = 2 ** 39 + 7;
    const fake = (level: number, at: number) => leafHash(new TextEncoder().encode(`${level}/${at}`));
    expect(completeProof(planInclusion(index, size), fake).length).toBeLessThanOrEqual(41);
    for (const { level, index: at } of planConsistency(2 ** 33 + 1, size).flat()) {
      expect(Number.isSafeInteger(at)).toBe(true);
      expect((at + 1) * 2 ** level).toBeLessThanOrEqual(size);
    }
  });

  test("answers impossible numbers with its own error", () => {
    const { tree } = grow(4);
    for (const size of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => rootAt(size, tree.getNode)).toThrow(TlogError);
      expect(() => inclusionProof(0, size, tree.getNode)).toThrow(TlogError);
      expect(() => consistencyProof(1, size, tree.getNode)).toThrow(TlogError);
    }
    expect(() => inclusionProof(4, 4, tree.getNode)).toThrow(TlogError);
    expect(() => consistencyProof(5, 4, tree.getNode)).toThrow(TlogError);
  });
});
