import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "./keystore/errors.ts";

const SQLITE_BUSY = 5;

/**
 * Makes sure that one process serves a data folder: the lock is the operating system's, so it ends with the process.
 *
 * @throws {@link StoreError} `E_DATA_SERVED`, `E_STORE`
 */
export function takeLock(dataDirectory: string): DatabaseSync {
  const path = join(dataDirectory, "serving.lock");
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock.close();
    if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY)
      throw Object.assign(new StoreError("E_STORE", "The data folder's lock cannot be taken."), { cause });
    const pid = lockHolder(path);
    throw new StoreError(
      "E_DATA_SERVED",
      `Another process${pid === null ? "" : ` (${pid})`} serves the data folder ${dataDirectory}.`,
      pid === null ? {} : { pid },
    );
  }
}

/** The process that holds a lock on a file, as the operating system knows it; null where it does not say. */
function lockHolder(path: string): number | null {
  try {
    const { ino } = statSync(path);
    const held = readFileSync("/proc/locks", "utf8")
      .split("\n")
      .map((line) => /\bWRITE\s+(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line))
      .find((match) => match?.[2] === String(ino));
    const pid = Number(held?.[1] ?? 0);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
