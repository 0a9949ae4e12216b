import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAlive, startTimeOf } from "../postgres/left-over.ts";
import { StartError } from "./start-error.ts";
import { waitUntil } from "./wait-until.ts";

/** Who holds a lock file: a process number alone may since belong to another program. */
interface Holder {
  readonly pid: number;
  readonly startedAt: number;
}

/**
 * Takes the lock file of a data folder, so that one folder has one `npm start`.
 *
 * A lock whose process is gone, or whose number belongs to another program by now, is taken over.
 *
 * @returns what gives it back.
 */
export function takeLock(file: string): () => void {
  const holder = readHolder(file);
  if (holder && isHolding(holder)) {
    throw new StartError(
      `Holdfast is already running with this data folder (process ${holder.pid}).`,
      "Use that one, or stop it with Ctrl-C first; another folder is chosen with --data DIR.",
    );
  }
  rmSync(file, { force: true });
  return writeLock(file);
}

/** Takes a lock file, waiting while another process holds it. */
export async function waitForLock(file: string, timeoutMs: number): Promise<() => void> {
  const free = () => {
    const holder = readHolder(file);
    return holder === null || !isHolding(holder);
  };
  if (!(await waitUntil(free, timeoutMs))) {
    throw new StartError("Another start has been building for too long.", "Stop it, then start again.");
  }
  rmSync(file, { force: true });
  return writeLock(file);
}

function writeLock(file: string): () => void {
  const holder: Holder = { pid: process.pid, startedAt: startTimeOf(process.pid) ?? 0 };
  writeFileSync(file, JSON.stringify(holder), { mode: 0o600, flag: "wx" });
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): Holder | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, "utf8")) as Holder;
    return Number.isInteger(pid) && typeof startedAt === "number" ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}

function isHolding({ pid, startedAt }: Holder): boolean {
  const actual = startTimeOf(pid);
  return isAlive(pid) && actual !== null && Math.abs(actual - startedAt) < 1;
}
