import { type Leaf, parseLeaf } from "@holdfast/protocol";
import { leafHash, logKey, logOrigin, MemoryTree, openCheckpoint, rootAt } from "@holdfast/tlog";
import { StoreError } from "../keystore/errors.ts";
import type { Store, StoredLeaf } from "../keystore/store.ts";
import type { LogHead } from "./custody-log.ts";

const CHUNK = 1_000;

/** What the start-up check of the log found. With a problem nothing is written. */
export interface VerifiedLog {
  readonly head: LogHead;
  readonly problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK" | null;
}

/** What the stored log is held against. */
export interface LogYardstick {
  readonly tid: string;
  /** Raw Ed25519 public key of the agent that signed the checkpoint. */
  readonly alk: Uint8Array;
  /** The head that the store's own authenticated row names; null when that row is missing or not ours. */
  readonly storedHead: LogHead | null;
  /** The signed checkpoint note kept outside the store; null before the first one. */
  readonly checkpoint: string | null;
}

/**
 * Recomputes the whole tree from the stored leaves and compares it with the last signed checkpoint and with the head
 * that the store's own row names.
 *
 * @param note - Takes each leaf in order, to rebuild what the log says about every object.
 */
export async function verifyLog(
  store: Store,
  yardstick: LogYardstick,
  note: (leaf: Leaf) => void,
): Promise<VerifiedLog> {
  const signed = yardstick.checkpoint === null ? null : await openSigned(yardstick.checkpoint, yardstick);
  const tree = new MemoryTree();
  let signedRoot: Uint8Array | null = signed !== "unreadable" && signed?.size === 0 ? tree.root : null;
  let intact = signed !== "unreadable";
  for (const row of allLeaves(store)) {
    intact = noteLeaf(row, tree.size, note) && intact;
    tree.append(leafHash(row.bytes));
    if (signed !== "unreadable" && tree.size === signed?.size) signedRoot = tree.root;
  }
  const head = { size: tree.size, root: tree.root };
  if (signed && signed !== "unreadable" && signed.size > head.size) return { head, problem: "E_LOG_ROLLBACK" };
  const fits =
    intact &&
    (!signed || signed === "unreadable" || (signedRoot !== null && isSame(signedRoot, signed.root))) &&
    yardstick.storedHead?.size === head.size &&
    isSame(yardstick.storedHead.root, head.root) &&
    hasPeaks(store, head);
  return { head, problem: fits ? null : "E_LOG_CORRUPT" };
}

async function openSigned(note: string, { tid, alk }: LogYardstick): Promise<LogHead | "unreadable"> {
  try {
    return await openCheckpoint(note, logOrigin(tid), [logKey(tid, alk)]);
  } catch {
    return "unreadable";
  }
}

function* allLeaves(store: Store): Iterable<StoredLeaf> {
  let rows = store.leaves(0, CHUNK);
  while (rows.length > 0) {
    yield* rows;
    rows = store.leaves((rows.at(-1) as StoredLeaf).n + 1, CHUNK);
  }
}

function noteLeaf(row: StoredLeaf, expected: number, note: (leaf: Leaf) => void): boolean {
  if (row.n !== expected) return false;
  try {
    const leaf = parseLeaf(row.bytes);
    note(leaf);
    return leaf.n === expected;
  } catch {
    return false;
  }
}

/** The stored nodes that the next append builds on are those of the recomputed tree. */
function hasPeaks(store: Store, head: LogHead): boolean {
  try {
    return isSame(
      rootAt(head.size, (level, index) => store.node(level, index)),
      head.root,
    );
  } catch (cause) {
    if (cause instanceof StoreError) return false;
    throw cause;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
