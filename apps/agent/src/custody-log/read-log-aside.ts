import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { LogIndex, type PackedIndex } from "../keystore/log-index.ts";
import type { SqliteStore } from "../keystore/sqlite/sqlite-store.ts";
import { type LogYardstick, readLog, type VerifiedLog } from "./verify-log.ts";

const MANY = 20_000;

/** What the thread is given. */
export interface LogTask {
  readonly path: string;
  readonly yardstick: LogYardstick;
}

/** What it gives back. */
export interface LogFindings extends VerifiedLog {
  readonly index: PackedIndex;
}

/**
 * Verifies the log and rebuilds what it says, as `readLog`; a long one in a thread of its own, so that the caller can read
 * what else there is meanwhile. The thread is given no key: all that it holds the log against is public.
 *
 * @param many - Entries from which on another thread is worth its start.
 * Caller must: not write to the store before this has resolved.
 */
export async function readLogAside(
  store: SqliteStore,
  yardstick: LogYardstick,
  many: number = MANY,
): Promise<VerifiedLog & { readonly index: LogIndex }> {
  if ((yardstick.storedHead?.size ?? 0) < many) {
    const { reader, ...found } = await readLog(store, yardstick, () => new LogIndex());
    return { ...found, index: reader };
  }
  const workerData: LogTask = { path: store.path, yardstick };
  const worker = new Worker(new URL("./log-reader.ts", import.meta.url), { workerData });
  const [{ index, ...found }] = (await once(worker, "message")) as [LogFindings];
  return { ...found, index: LogIndex.unpack(index) };
}
