import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafHash } from "../merkle/hash.ts";
import { consistencyProof } from "../merkle/proof.ts";
import { MemoryTree } from "../merkle/tree.ts";
import { followCheckpoint } from "./follow-checkpoint.ts";

function tree(size: number, changedFrom = Number.POSITIVE_INFINITY): MemoryTree {
  const made = new MemoryTree();
  for (let index = 0; index < size; index += 1)
    made.append(leafHash(Uint8Array.of(index, index >= changedFrom ? 1 : 0)));
  return made;
}

const head = ({ size, root }: MemoryTree) => ({ size, root });

describe("a reader that has pinned a tree", () => {
  test("follows every tree that extends it, and no other", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat({ max: 60 }));
    fc.assert(
      fc.property(sizes, ([from, to, changedFrom]) => {
        const pinned = tree(from);
        const next = tree(to, changedFrom);
        const proof = from <= to ? consistencyProof(from, to, next.getNode) : [];
        const follow = () => followCheckpoint(head(pinned), head(next), proof);
        const rewritten = changedFrom < from;
        if (to < from) expect(follow).toThrow(expect.objectContaining({ code: "V_STALE" }));
        else if (!rewritten) expect(follow()).toEqual(head(next));
        else if (to === from) expect(follow).toThrow(expect.objectContaining({ code: "W_EQUIVOCATION" }));
        else expect(follow).toThrow(expect.objectContaining({ code: "V_CONSISTENCY" }));
      }),
    );
  });

  test("takes the first tree it sees as it is, and a pinned empty tree for no tree", () => {
    expect(followCheckpoint(null, head(tree(3)), [])).toEqual(head(tree(3)));
    expect(followCheckpoint(head(tree(0)), head(tree(3)), [])).toEqual(head(tree(3)));
  });

  test("is not moved by a proof that goes with nothing", () => {
    expect(() => followCheckpoint(head(tree(3)), head(tree(3)), [tree(3).root])).toThrow(
      expect.objectContaining({ code: "V_CONSISTENCY" }),
    );
  });
});
