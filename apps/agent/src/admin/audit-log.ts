import { readCheckpointFile } from "../custody-log/checkpoint-writer.ts";
import { type LogDamage, verifyLog } from "../custody-log/verify-log.ts";
import type { Domain } from "../domain.ts";
import { StoreError } from "../keystore/errors.ts";
import { verifyObjects } from "../keystore/verify-objects.ts";
import { describeEntry } from "./describe-entry.ts";
import { damaged, type VerifiedEntry, verifiedEntries, verifyBeside } from "./verify-beside.ts";

/**
 * Recomputes the whole log from its stored entries against the signed checkpoint, and verifies what stands beside them, while the
 * agent goes on serving; then keys, clients and the domain's record, held against the log as a start does it.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` naming the first entry that something is wrong with, or the few of which it is one,
 *   `E_LOG_ROLLBACK`; `E_STATE_MAC` or `E_STATE_ROLLBACK` naming an object
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
  assertEnds(domain);
  const objects = await countObjects(domain);
  const checks = [
    `${size} entries recomputed, each in its place`,
    "the tree has the root that the signed checkpoint names",
    "the checkpoint is signed by this agent's log key",
    "the nodes that the next entry builds on are those of the tree",
    `what stands beside the entries fits them: ${names} names, ${states} states`,
    `${receipts} receipts are signed by key servers of this environment, and ${envelopes} hold their approvals`,
    `${objects} keys, clients and settings that the log names are stored as it says`,
  ];
  return { size, root: log.root(), checks };
}

/**
 * Some entries as people read them, none of them left out: each is one of the signed tree's and fits what is stored beside it. In a log that
 * is known not to be as signed (the domain's problem) the tree proves nothing, and only the latter is looked at.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT` naming the first that is missing, unreadable or not as it was written
 */
export async function readEntries(domain: Domain, from: number, limit: number) {
  const { log, problem } = domain;
  const to = Math.min(from + limit, log.size);
  const verified: VerifiedEntry[] = [];
  for await (const one of verifiedEntries(domain, from, to)) verified.push(one);
  if (problem !== "E_LOG_CORRUPT")
    for (const { row } of verified)
      if (!log.holds(row.n, row.bytes)) throw damaged(row.n, "it, or one beside it, is not as it was signed");
  return verified.map(({ row, entry }) => describeEntry(row, entry));
}

/** Entries behind the log's end: nobody has written them here. */
function assertEnds({ store, log, executor }: Domain): void {
  executor.flush();
  const [stray] = store.leaves(log.size, 1);
  if (stray !== undefined) throw damaged(stray.n, `the log ends before it, with ${log.size} entries`);
}

/** Holds keys, clients and the domain's own record against the log, and serves everybody else meanwhile. */
async function countObjects(domain: Domain): Promise<number> {
  const { store, index, keys, keystore, executor, tid } = domain;
  let count = 0;
  for (const unlike of verifyObjects({ store, index, root: keys.root, keks: keystore.keks, tid })) {
    if (unlike !== null) {
      const { id, kind, code } = unlike;
      throw new StoreError(
        code,
        `The custody log is sound, but what is stored of ${NAMES[kind]} ${id} is not what it says.`,
        { id },
      );
    }
    count += 1;
    if (count % OBJECTS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    if (count % OBJECTS_AT_ONCE === 0) executor.flush();
  }
  return count;
}

const OBJECTS_AT_ONCE = 50;
const NAMES = { key: "the key", client: "the client", domain: "the environment" } as const;

function notAsSigned(problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK", damage: LogDamage | null): StoreError {
  if (damage === null) return new StoreError(problem);
  const { from, to } = damage;
  if (from === to) return damaged(from, "it is missing, or cannot be read");
  const what = `One of the entries ${from} to ${to} of the custody log is not as it was signed; all before fit.`;
  return new StoreError("E_LOG_CORRUPT", what, { entry: from, to });
}
