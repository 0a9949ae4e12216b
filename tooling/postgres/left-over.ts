import { readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "../start/wait-until.ts";

/**
 * Stops a server that an earlier start left behind in this cluster, and clears what a dead one left.
 *
 * A process counts as that server only if `postmaster.pid` names it and it works in this very folder or started in the
 * second the file names: a number that now belongs to another program is left alone.
 */
export async function stopLeftOver(cluster: string): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    return;
  }
  const pid = Number(lines[0]);
  if (Number.isInteger(pid) && pid > 1 && isServerOf(pid, cluster, Number(lines[2]))) {
    process.kill(pid, "SIGINT");
    const gone = await waitUntil(() => !isAlive(pid), 10_000);
    if (!gone && isServerOf(pid, cluster, Number(lines[2]))) {
      process.kill(pid, "SIGQUIT");
      await waitUntil(() => !isAlive(pid), 5_000);
    }
  }
  rmSync(file, { force: true });
}

function isServerOf(pid: number, cluster: string, startedAt: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)) return true;
  } catch {
    // Not ours to look at: the start time decides.
  }
  const actual = startTimeOf(pid);
  return actual !== null && Math.abs(actual - startedAt) <= 2;
}

/** Whether a process with this number is running (a zombie is not). */
export function isAlive(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** When a process started, in Unix seconds; null when there is none. */
export function startTimeOf(pid: number): number | null {
  const ticks = statFields(pid)?.[19];
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return ticks === undefined || boot === undefined ? null : Number(boot) + Number(ticks) / 100;
}

/** The fields of /proc/<pid>/stat after the program's name, which may itself hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
