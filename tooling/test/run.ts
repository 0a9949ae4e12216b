import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./root.ts";

/** Where every Node below keeps compiled code: tests start hundreds of processes that load the same files. */
const COMPILED = join(ROOT, "node_modules/.cache/holdfast/code");

const ending = new AbortController();
const running = new Set<ChildProcess>();

/** Set once the run was told to stop. */
export const ENDING = ending.signal;

/** Passes a signal on to whatever runs, and lets the run close. */
export function stopEverything(signal: NodeJS.Signals): void {
  ending.abort();
  for (const child of running) child.kill(signal);
}

/** Runs a program under this Node in the checkout, its output passed through. @returns its exit code. */
export function runNode(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return runProgram(process.execPath, words, env);
}

/** Runs any program in the checkout. @returns its exit code; 1 when a signal ended it. */
export function runProgram(command: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  if (ENDING.aborted) return Promise.resolve(1);
  return new Promise((resolve) => {
    const child = spawn(command, words, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...env },
    });
    running.add(child);
    child.once("error", (error) => {
      running.delete(child);
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.once("exit", (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}
