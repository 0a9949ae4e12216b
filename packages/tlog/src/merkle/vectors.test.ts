import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { leafHash } from "./hash.ts";
import { MemoryTree } from "./tree.ts";
import { verifyConsistency, verifyInclusion } from "./verify-proof.ts";

const FOLDER = join(
  process.env.HOLDFAST_VECTORS ?? join(import.meta.dirname, "../../../../../shared/vectors"),
  "crypto",
);
const present = existsSync(join(FOLDER, "merkle"));
if (!present) console.info("skipped: no vectors");

type InclusionVector = {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
};
type ConsistencyVector = {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
};

function readVectors<T>(kind: string): T[] {
  const root = join(FOLDER, "merkle/testdata", kind);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(root, name), "utf8")));
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
/** The vectors write "don't care" roots as short texts; ours are always 32 bytes, so they are hashed up. */
const root = (text: string) => (bytes(text).length === 32 ? bytes(text) : leafHash(bytes(text)));
const proof = (hashes: string[] | null) => (hashes ?? []).map(bytes);

describe.runIf(present)("the transparency-dev vectors", () => {
  test("decide every inclusion proof as written", () => {
    const vectors = readVectors<InclusionVector>("inclusion");
    expect(vectors.length).toBeGreaterThan(90);
    for (const each of vectors) {
      const check = () =>
        verifyInclusion({
          index: each.leafIdx,
          size: each.treeSize,
          leaf: bytes(each.leafHash),
          root: bytes(each.root),
          proof: proof(each.proof),
        });
      if (each.wantErr) expect(check, each.desc).toThrow();
      else expect(check, each.desc).not.toThrow();
    }
  });

  test("decide every consistency proof as written", () => {
    const vectors = readVectors<ConsistencyVector>("consistency");
    expect(vectors.length).toBeGreaterThan(70);
    for (const each of vectors) {
      const check = () =>
        verifyConsistency({
          oldSize: each.size1,
          newSize: each.size2,
          oldRoot: root(each.root1),
          newRoot: root(each.root2),
          proof: proof(each.proof),
        });
      if (each.wantErr) expect(check, each.desc).toThrow();
      else expect(check, each.desc).not.toThrow();
    }
  });

  test("give the well-known roots of the eight Certificate Transparency leaves", () => {
    const known: { leavesHex: string[]; roots: string[] } = JSON.parse(
      readFileSync(join(FOLDER, "local/rfc6962-roots.json"), "utf8"),
    );
    const tree = new MemoryTree();
    for (const [size, expected] of known.roots.entries()) {
      expect(Buffer.from(tree.root).toString("hex")).toBe(expected);
      tree.append(leafHash(new Uint8Array(Buffer.from(known.leavesHex[size] ?? "", "hex"))));
    }
  });
});
