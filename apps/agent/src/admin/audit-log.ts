import { readCheckpointFile } from "../custody-log/checkpoint-writer.ts";
import { verifyLog } from "../custody-log/verify-log.ts";
import type { Domain } from "../domain.ts";
import { StoreError } from "../keystore/errors.ts";

/**
 * Recomputes the whole log from its stored entries against the signed checkpoint, while the agent goes on serving.
 *
 * @throws {@link StoreError} `E_LOG_CORRUPT`, `E_LOG_ROLLBACK`
 */
export async function verifyOwnLog({ store, tid, keys, log, dataDirectory }: Domain) {
  log.signCheckpoint();
  const { size, head } = log;
  const yardstick = {
    tid,
    alk: keys.alk.publicKey.raw,
    storedHead: head,
    checkpoint: readCheckpointFile(dataDirectory),
  };
  const verified = await verifyLog(store, yardstick);
  if (verified.problem !== null) throw new StoreError(verified.problem);
  const checks = [
    `${size} entries recomputed, each in its place`,
    "the tree has the root that the signed checkpoint names",
    "the checkpoint is signed by this agent's log key",
    "the nodes that the next entry builds on are those of the tree",
  ];
  return { size, root: log.root(), checks };
}
