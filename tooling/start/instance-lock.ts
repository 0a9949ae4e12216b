import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAlive, startTimeOf } from "../postgres/left-over.ts";
import { StartError } from "./start-error.ts";
import { waitUntil } from "./wait-until.ts";

/** A lock that is empty for longer is not being written: whoever made it is gone. */
const WRITING_MS = 2_000;

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

/** Takes a lock file, waiting while somebody holds it. Of several that come at the same moment one has it, then the next. */
export async function waitForLock(file: string, timeoutMs: number): Promise<() => void> {
  let release: (() => void) | null = null;
  await waitUntil(() => {
    release = tryLock(file);
    return release !== null;
  }, timeoutMs);
  if (release !== null) return release;
  throw new StartError("Another start has been building for too long.", "Stop it, then start again.");
}

/** @returns what gives the lock back; null when it is not to be had at this look */
function tryLock(file: string): (() => void) | null {
  try {
    return writeLock(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (isAbandoned(file)) moveAway(file);
  return null;
}

/** Whether a lock's process is gone, or was gone before it had written who it is. */
function isAbandoned(file: string): boolean {
  const holder = readHolder(file);
  if (holder !== null) return !isHolding(holder);
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > WRITING_MS;
}

/** Takes an abandoned lock away; one that somebody else put in its place meanwhile goes back. */
function moveAway(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // somebody else did it
  }
  if (isAbandoned(aside)) rmSync(aside, { force: true });
  else renameSync(aside, file);
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
