import {
  consistencyProof,
  formatCheckpoint,
  formatNote,
  inclusionProof,
  leafHash,
  MemoryTree,
  NOTE_TYPE,
  noteKey,
  parseCheckpoint,
  parseNote,
  signNote,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
} from "@holdfast/tlog";
import { SoftwareKey } from "../../keys/software-key.ts";
import type { Target } from "./target.ts";

const utf8 = (text: string) => new Uint8Array(Buffer.from(text, "utf8"));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

const signer = SoftwareKey.make("EdDSA", "fuzz");
const key = noteKey("holdfast/fuzz", NOTE_TYPE.ed25519, signer.edwardsPoint);
const texts = [7, 8, 1_000_000].map((size) =>
  formatCheckpoint({ origin: "holdfast/fuzz", size, root: new Uint8Array(32).fill(size % 251) }),
);
const notes = await Promise.all(
  texts.map((text) => signNote(text, [{ key, sign: async (bytes: Uint8Array) => signer.sign(bytes) } as never])),
);

const note: Target = {
  name: "signed notes",
  isText: true,
  valid: notes.map(utf8),
  async read(input) {
    if (formatNote(parseNote(input)) !== textOf(input)) return "its own bytes are others";
    const { text } = await verifyNote(input, [key]);
    return texts.includes(text) ? null : "nobody signed this";
  },
};

const checkpoint: Target = {
  name: "checkpoints",
  isText: true,
  valid: texts.map(utf8),
  read: (input) =>
    formatCheckpoint(parseCheckpoint(textOf(input))) === textOf(input) ? null : "its own text is another",
};

const SIZE = 13;
const tree = new MemoryTree();
const leaves = Array.from({ length: SIZE }, (_, at) => leafHash(utf8(`leaf ${at}`)));
const roots = [tree.root];
for (const leaf of leaves) {
  tree.append(leaf);
  roots.push(tree.root);
}

/** Claims travel as hashes one after the other, after two bytes that say the numbers. */
function claimBytes(numbers: readonly [number, number], hashes: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.from(numbers), ...hashes]));
}

function readClaim(input: Uint8Array): { numbers: [number, number]; hashes: Uint8Array[] } {
  const hashes: Uint8Array[] = [];
  for (let at = 2; at < input.length; at += 32) hashes.push(input.subarray(at, at + 32));
  return { numbers: [input[0] ?? 0, input[1] ?? 0], hashes };
}

const inclusions = leaves.map((leaf, index) =>
  claimBytes([index, SIZE], [leaf, roots[SIZE] as Uint8Array, ...inclusionProof(index, SIZE, tree.getNode)]),
);

const inclusion: Target = {
  name: "inclusion proofs",
  isText: false,
  valid: inclusions,
  read(input) {
    const { numbers, hashes } = readClaim(input);
    const [leaf = new Uint8Array(), root = new Uint8Array(), ...proof] = hashes;
    verifyInclusion({ index: numbers[0], size: numbers[1], leaf, root, proof });
    // A path fits trees of several sizes; hashes never change, and within one size neither does the place.
    const honest = inclusions.some((each) => Buffer.compare(each.subarray(2), input.subarray(2)) === 0);
    const alone = proof.length === 0 && Buffer.compare(leaf, root) === 0;
    if (!honest && !alone) return "it proves a leaf that is not there";
    const whole = inclusions.some((each) => Buffer.compare(each, input) === 0);
    return numbers[1] === SIZE && !whole ? "it proves the leaf at another place" : null;
  },
};

const consistencies = roots
  .slice(1, SIZE)
  .map((root, at) =>
    claimBytes([at + 1, SIZE], [root, roots[SIZE] as Uint8Array, ...consistencyProof(at + 1, SIZE, tree.getNode)]),
  );

const consistency: Target = {
  name: "consistency proofs",
  isText: false,
  valid: consistencies,
  read(input) {
    const { numbers, hashes } = readClaim(input);
    const [oldSize, newSize] = numbers;
    const [oldRoot = new Uint8Array(), newRoot = new Uint8Array(), ...proof] = hashes;
    verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof });
    const honest = consistencies.some((each) => Buffer.compare(each.subarray(2), input.subarray(2)) === 0);
    const unchanged = oldSize === newSize && proof.length === 0 && Buffer.compare(oldRoot, newRoot) === 0;
    const fromNothing = oldSize === 0 && proof.length === 0 && Buffer.compare(oldRoot, roots[0] as Uint8Array) === 0;
    return honest || unchanged || fromNothing ? null : "it proves a growth that was not";
  },
};

/** Readers of the log's evidence. */
export const TLOG_TARGETS: readonly Target[] = [note, checkpoint, inclusion, consistency];
