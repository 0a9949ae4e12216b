import { encodeBase64url, type Leaf, lostHeadsOf, parseLeaf } from "@holdfast/protocol";
import { appendNodes, logKey, logOrigin, openCheckpoint, rootAt } from "@holdfast/tlog";
import { StoreError } from "../keystore/errors.ts";
import type { LogRows } from "../keystore/store.ts";
import type { LogHead } from "./custody-log.ts";
import { readNode } from "./kept-nodes.ts";
import { RightEdge } from "./right-edge.ts";
import { leafHash, nodeHash } from "./tree-hash.ts";

/** What the start-up check of the log found. With a problem nothing is written. */
export interface VerifiedLog {
  readonly head: LogHead;
  readonly problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK" | null;
  /** Whether the log is whole by itself, as the store's own row names it, whatever the checkpoint says. */
  readonly isWhole: boolean;
}

/** The first entries that do not fit: one of them is not as it was written. */
export interface LogDamage {
  readonly from: number;
  readonly to: number;
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
  /** Whether a log of more than its genesis may stand without a checkpoint: a restored one that nobody has accepted yet. */
  readonly restored?: boolean;
}

/** Takes each entry in order, to rebuild what the log says about every object. */
export interface LogReader {
  note(leaf: Leaf): void;
}

/**
 * Recomputes the whole tree from the stored leaves and compares it with the last signed checkpoint and with the head
 * that the store's own row names, while rebuilding what the log says.
 *
 * Entries are first read as the JSON they are: if the tree is the one that was signed, they are the very bytes that this
 * agent wrote. If it is not, all of it is read anew by the strict parser into another reader.
 *
 * @param begin - Makes a reader of nothing yet.
 */
export async function readLog<R extends LogReader>(
  store: LogRows,
  yardstick: LogYardstick,
  begin: () => R,
): Promise<VerifiedLog & { readonly reader: R }> {
  const signed = await openSigned(yardstick);
  const quick = begin();
  let last: Leaf | null = null;
  const found = recompute(store, yardstick, signed, (bytes) => {
    last = readOwnLeaf(bytes);
    quick.note(last);
  });
  if (found.problem === null || (found.isWhole && isGivenUp(signed, last)))
    return { ...found, problem: null, reader: quick };
  const reader = begin();
  return { ...recompute(store, yardstick, signed, (bytes) => reader.note(parseLeaf(bytes))), reader };
}

/**
 * Whether the checkpoint is of what people gave up with the log's very last entry: the power went before its own was signed.
 */
function isGivenUp(signed: LogHead | "unreadable" | null, last: Leaf | null): boolean {
  if (signed === null || signed === "unreadable" || last?.kind !== "loss") return false;
  const root = encodeBase64url(signed.root);
  return lostHeadsOf(last).some((head) => head.size === signed.size && head.root === root);
}

/**
 * Recomputes the tree up to the yardstick's own head, whatever was appended since, and reads every entry strictly.
 *
 * @returns besides, where the first damage is: an entry, or as many as one stored node is of; null where that cannot be told
 */
export async function verifyLog(
  store: LogRows,
  yardstick: LogYardstick & { readonly storedHead: LogHead },
): Promise<VerifiedLog & { readonly damage: LogDamage | null }> {
  const signed = await openSigned(yardstick);
  const { size } = yardstick.storedHead;
  const verified = recompute(store, yardstick, signed, (bytes) => void parseLeaf(bytes), size);
  const damage = verified.problem === null ? null : findDamage(store, size);
  // An entry that is missing among others is no older store.
  return { ...verified, problem: damage === null ? verified.problem : "E_LOG_CORRUPT", damage };
}

/** The first entry that is missing or unreadable, or the first stored node that its entries do not make. */
function findDamage(store: LogRows, until: number): LogDamage | null {
  const edge = new RightEdge(() => {
    throw new StoreError("E_LOG_CORRUPT");
  });
  let size = 0;
  for (const { n, bytes } of store.leafBytes()) {
    if (size >= until) return null;
    if (!noteLeaf(n === size, bytes, (leaf) => void parseLeaf(leaf))) return { from: size, to: size };
    for (const node of appendNodes(size, leafHash(bytes), edge.node, nodeHash)) {
      edge.put(node);
      const stored = store.findNode(node.level, node.index);
      if (stored !== null && !isSame(stored, node.hash)) {
        const width = 2 ** node.level;
        return { from: node.index * width, to: (node.index + 1) * width - 1 };
      }
    }
    size += 1;
  }
  return null;
}

function recompute(
  store: LogRows,
  { storedHead, restored = false }: LogYardstick,
  signed: LogHead | "unreadable" | null,
  note: (bytes: Uint8Array) => void,
  upTo: number = Number.POSITIVE_INFINITY,
): VerifiedLog {
  const edge = new RightEdge(() => {
    throw new StoreError("E_LOG_CORRUPT");
  });
  const rootNow = (size: number): Uint8Array => rootAt(size, edge.node, nodeHash);
  let signedRoot: Uint8Array | null = signed !== "unreadable" && signed?.size === 0 ? rootNow(0) : null;
  let intact = signed !== "unreadable";
  let size = 0;
  for (const { n, bytes } of store.leafBytes()) {
    if (size >= upTo) break;
    intact = noteLeaf(n === size, bytes, note) && intact;
    for (const node of appendNodes(size, leafHash(bytes), edge.node, nodeHash)) edge.put(node);
    size += 1;
    if (signed !== "unreadable" && size === signed?.size) signedRoot = rootNow(size);
  }
  const head = { size, root: rootNow(size) };
  // A start signs before it writes: more than the genesis without a checkpoint means that somebody took it away.
  const isUnsigned = signed === null && head.size > 1 && !restored;
  const isWhole =
    intact && storedHead?.size === head.size && isSame(storedHead.root, head.root) && hasPeaks(store, head);
  if (isUnsigned || (signed && signed !== "unreadable" && signed.size > head.size))
    return { head, problem: "E_LOG_ROLLBACK", isWhole };
  const fits =
    isWhole && (!signed || signed === "unreadable" || (signedRoot !== null && isSame(signedRoot, signed.root)));
  return { head, problem: fits ? null : "E_LOG_CORRUPT", isWhole };
}

async function openSigned({ checkpoint, tid, alk }: LogYardstick): Promise<LogHead | "unreadable" | null> {
  if (checkpoint === null) return null;
  try {
    return await openCheckpoint(checkpoint, logOrigin(tid), [logKey(tid, alk)]);
  } catch {
    return "unreadable";
  }
}

/** @returns whether the entry stands in its place and can be read */
function noteLeaf(inPlace: boolean, bytes: Uint8Array, note: (bytes: Uint8Array) => void): boolean {
  if (!inPlace) return false;
  try {
    note(bytes);
    return true;
  } catch {
    return false;
  }
}

function readOwnLeaf(bytes: Uint8Array): Leaf {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as Leaf;
}

/** The stored nodes that the next append builds on are those of the recomputed tree. */
function hasPeaks(store: LogRows, head: LogHead): boolean {
  try {
    return isSame(
      rootAt(head.size, (level, index) => readNode(store, level, index), nodeHash),
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
