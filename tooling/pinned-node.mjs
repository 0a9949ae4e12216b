// Finds the Node that this checkout pins and goes on under it. Plain JavaScript that Node 20 parses: it runs first.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGCONT", "SIGWINCH"];

/** The pinned Node's path, looked for upwards from a file as Node looks for packages; null where none is installed. */
export function findPinnedNode(fromUrl) {
  let folder = dirname(realpathSync(fileURLToPath(fromUrl)));
  for (;;) {
    const candidate = join(folder, "node_modules", `node-linux-${process.arch}`, "bin", "node");
    if (existsSync(candidate)) return candidate;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

/**
 * Makes sure that the program of `entryUrl` runs under the pinned Node and ends with whoever started it.
 *
 * Returns when this process already is the right one. Otherwise it runs the same program again under the pinned Node,
 * passes on signals, descriptors and exit code, and never returns.
 */
export async function continueUnderPinnedNode(entryUrl) {
  const pinned = findPinnedNode(entryUrl);
  if (pinned ? realpathSync(process.execPath) === realpathSync(pinned) : isNewEnough()) {
    endWithParent();
    if (pinned) module.enableCompileCache(compileCacheBeside(pinned));
    return;
  }
  if (!pinned) {
    process.stderr.write(
      `Holdfast needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}.\nRun \`npm install\` in the checkout: it brings the right one on Linux.\n`,
    );
    process.exit(1);
  }
  await runUnder(pinned, [fileURLToPath(entryUrl), ...process.argv.slice(2)]);
}

/**
 * Where the pinned Node keeps compiled code, which halves the processor time of a command's start: inside node_modules, so
 * that who could alter it could alter the code itself. Where that cannot be written, nothing is kept and nothing fails.
 */
export function compileCacheBeside(pinned) {
  return join(pinned, "..", "..", "..", ".cache", "holdfast", "code");
}

function isNewEnough() {
  return Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR;
}

/** A process that was given an IPC channel stops in good order when the other end of it is gone. */
function endWithParent() {
  if (!process.channel) return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}

function runUnder(node, words) {
  const child = spawn(node, words, { stdio: [...descriptors(words), "ipc"] });
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      // At a terminal, Ctrl-C has already reached the whole process group.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  if (process.channel) process.once("disconnect", () => child.connected && child.disconnect());
  child.on("error", (error) => {
    process.stderr.write(`The pinned Node at ${node} cannot be started (${error.code}).\n`);
    process.exit(126);
  });
  return new Promise(() => {
    child.on("exit", (code, signal) => {
      if (signal === null) process.exit(code);
      for (const name of FORWARDED) process.removeAllListeners(name);
      process.kill(process.pid, signal);
      setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 200);
    });
  });
}

/** Standard input, output and error, and every further descriptor that the command line names (`--passphrase-fd 3`). */
function descriptors(words) {
  const named = words.flatMap((word, index) => {
    const match = /^--[a-z-]+-fd(?:=(\d+))?$/.exec(word);
    return match ? [Number(match[1] ?? words[index + 1])] : [];
  });
  const highest = Math.max(2, ...named.filter((number) => Number.isInteger(number) && number < 64));
  return Array.from({ length: highest + 1 }, (_, number) =>
    number <= 2 || named.includes(number) ? "inherit" : "ignore",
  );
}
