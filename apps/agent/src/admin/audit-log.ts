import { readCheckpointFile } from "../custody-log/checkpoint-writer.ts";
import { type LogDamage, verifyLog } from "../custody-log/verify-log.ts";
import type { Domain } from "../domain.ts";
import { StoreError } from "../keystore/errors.ts";
import { describeEntry } from "./describe-entry.ts";
import { damaged, verifyBeside } from "./verify-beside.ts";

/**
 * Recomputes the whole log from its stored entries against the signed checkpoint, and verifies what stands beside them, while the
 * agent goes on serving.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` naming the first entry that something is wrong with, `E_LOG_ROLLBACK`
 */
export async function verifyOwnLog(domain: Domain) {
  const { store, tid, keys, log, dataDirectory, problem } = domain;
  if (problem === null) log.signCheckpoint();
  const { size, head } = log;
  const yardstick = {
    tid,
    alk: keys.alk.publicKey.raw,
    storedHead: head,
    checkpoint: readCheckpointFile(dataDirectory),
  };
  const verified = await verifyLog(store, yardstick);
  if (verified.problem !== null) throw notAsSigned(verified.problem, verified.damage);
  const { names, states, receipts, envelopes } = await verifyBeside(domain, size);
  if (problem !== null) throw new StoreError(problem);
  const checks = [
    `${size} entries recomputed, each in its place`,
    "the tree has the root that the signed checkpoint names",
    "the checkpoint is signed by this agent's log key",
    "the nodes that the next entry builds on are those of the tree",
    `what stands beside the entries fits them: ${names} names, ${states} states`,
    `${receipts} receipts are signed by key servers of this environment, and ${envelopes} hold their approvals`,
  ];
  return { size, root: log.root(), checks };
}

/**
 * Some entries as people read them, none of them left out.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` naming the first that is missing or cannot be read
 */
export function readEntries({ log, store }: Domain, from: number, limit: number) {
  const count = Math.max(0, Math.min(limit, log.size - from));
  const rows = store.leaves(from, count);
  return Array.from({ length: count }, (_, at) => {
    const row = rows[at];
    if (row?.n !== from + at) throw damaged(from + at, "it is missing");
    return describeEntry(row);
  });
}

function notAsSigned(problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK", damage: LogDamage | null): StoreError {
  if (damage === null) return new StoreError(problem);
  const { from, to } = damage;
  if (from === to) return damaged(from, "it is missing, or cannot be read");
  const what = `One of the entries ${from} to ${to} of the custody log is not as it was signed; all before fit.`;
  return new StoreError("E_LOG_CORRUPT", what, { entry: from, to });
}
