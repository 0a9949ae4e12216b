// Notices that whoever started this process is gone. Plain JavaScript that Node 20 parses.
import { readFileSync } from "node:fs";

/**
 * Sends this process SIGTERM once its parent, or the npm behind the shell that is its parent, has died.
 *
 * Signals sent to `npm start` never reach the script: npm runs it through a shell, which may outlive npm.
 */
export function stopWhenParentDies() {
  const parent = process.ppid;
  if (parent <= 1) return;
  const grandparent = process.env.npm_lifecycle_event && isShell(parent) ? parentOf(parent) : null;
  const timer = setInterval(() => {
    const alone = process.ppid !== parent || (grandparent !== null && parentOf(parent) !== grandparent);
    if (!alone) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  timer.unref();
}

function isShell(pid) {
  return /^(sh|dash|bash|ash|zsh|busybox)$/.test(read(`/proc/${pid}/comm`).trim());
}

function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat ? Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) : null;
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
