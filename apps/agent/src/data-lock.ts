import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "./keystore/errors.ts";

const FILE = "serving.lock";
const SQLITE_BUSY = 5;

/** The process that serves a data folder. */
export interface Serving {
  readonly pid: number;
  /** When it took the lock, Unix milliseconds. */
  readonly sinceMs: number;
}

/**
 * Makes sure that one process serves a data folder: the lock is the operating system's, so it ends with the process.
 *
 * @throws {@link StoreError} `E_DATA_SERVED`, `E_STORE`
 */
export function takeLock(dataDirectory: string): DatabaseSync {
  const path = join(dataDirectory, FILE);
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

/** Whether a process ever served a data folder. */
export function wasServed(dataDirectory: string): boolean {
  return existsSync(join(dataDirectory, FILE));
}

/** Who serves a data folder, without touching the lock; null for nobody, and where the operating system does not say. */
export function servingNow(dataDirectory: string): Serving | null {
  const path = join(dataDirectory, FILE);
  const pid = lockHolder(path);
  // Whoever takes the lock sets the file's mode, and with it the time of its last change.
  return pid === null ? null : { pid, sinceMs: statSync(path).ctimeMs };
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
