import { appendEntries, findWitnessHead, logSize, putCheckpoint, type Scope, type TenantClient } from "@holdfast/db";
import {
  decodeBase64url,
  type Entry,
  encodeBase64url,
  openEntry,
  ProtocolError,
  type RosterChain,
  type Verified,
} from "@holdfast/protocol";
import {
  leafHash,
  logOrigin,
  openCheckpoint,
  TlogError,
  type VerifiedCheckpoint,
  verifyConsistency,
} from "@holdfast/tlog";
import { GatewayError } from "../gateway-error.ts";
import { cosignHead } from "../witness/cosign-head.ts";
import type { Witness } from "../witness/witness-key.ts";
import { applyEntry, toStored } from "./apply-entry.ts";
import { equalRoots } from "./equal-roots.ts";
import { StoredTree } from "./stored-tree.ts";
import { logKeys } from "./trust.ts";

/** Entries that follow those that are stored, and the signed head that they lead to. */
export interface LogUpload {
  readonly from: number;
  readonly entries: readonly Entry[];
  readonly checkpoint: string;
  /** Consistency proof from the size after these entries to the checkpoint's; empty when they are all. */
  readonly proof: readonly string[];
}

/** How far the stored log goes now, and our witness's line once it is at the checkpoint. */
export interface LogTaken {
  readonly size: number;
  readonly cosignature: string | null;
}

/** What takes entries besides the transaction. */
export interface TakerParts {
  readonly chain: Verified<RosterChain>;
  readonly witness: Witness;
  readonly now: number;
}

/**
 * Takes entries into the stored log, if the tree that they make is the beginning of a signed one.
 *
 * Trusts: the chain, which was verified. Treats entries, checkpoint and proof as hostile.
 * Caller must: hold the environment's lock, and roll back on any error.
 *
 * @throws {@link GatewayError} `E_CONFLICT` with the stored size; {@link ProtocolError} and {@link TlogError} for what does not hold
 */
export async function takeEntries(
  tx: TenantClient,
  scope: Scope,
  upload: LogUpload,
  { chain, witness, now }: TakerParts,
): Promise<LogTaken> {
  const size = await logSize(tx, scope);
  if (upload.from !== size) throw new GatewayError("E_CONFLICT", "The log continues elsewhere.", { size });
  const checkpoint = await openCheckpoint(upload.checkpoint, logOrigin(chain.tid), logKeys(chain));
  const cosigned = await findWitnessHead(tx, scope);
  const tree = await StoredTree.read(tx, scope, { now: size, earlier: cosigned?.size ?? 0 });
  const opened = upload.entries.map((entry) => openEntry(entry));
  for (const [index, { leaf, bytes }] of opened.entries()) {
    if (leaf.tid !== chain.tid) throw new ProtocolError("E_TENANT", "An entry is another domain's.");
    if (leaf.n !== size + index) throw new GatewayError("E_SCHEMA", "The entries are not in order.", { n: leaf.n });
    tree.append(leafHash(bytes));
  }
  assertBeginningOf(checkpoint, tree, upload.proof);
  const entries = upload.entries.map((entry, index) => toStored(entry, at(opened, index)));
  await appendEntries(tx, scope, { entries, nodes: tree.added });
  for (const each of opened) await applyEntry(tx, scope, each);
  if (tree.size < checkpoint.size) return { size: tree.size, cosignature: null };
  const { line, note } = await cosignHead(tx, scope, { checkpoint, tree, cosigned, witness, now });
  await putCheckpoint(tx, scope, { size: tree.size, root: encodeBase64url(checkpoint.root), note });
  return { size: tree.size, cosignature: line };
}

function assertBeginningOf(checkpoint: VerifiedCheckpoint, tree: StoredTree, proof: readonly string[]): void {
  if (checkpoint.size < tree.size) {
    throw new TlogError("V_STALE", "the checkpoint is older than the entries", { size: tree.size });
  }
  const root = tree.rootAt(tree.size);
  if (checkpoint.size === tree.size) {
    if (equalRoots(root, checkpoint.root)) return;
    throw new TlogError("V_ROOT", "the entries do not make the checkpoint's tree", { size: tree.size });
  }
  verifyConsistency({
    oldSize: tree.size,
    oldRoot: root,
    newSize: checkpoint.size,
    newRoot: checkpoint.root,
    proof: proof.map((hash) => decodeBase64url(hash)),
  });
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
