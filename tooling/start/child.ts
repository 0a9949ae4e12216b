import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { StartError } from "./start-error.ts";
import { waitUntil } from "./wait-until.ts";

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const STOP_TIMEOUT_MS = 10_000;
const MOST_WORDS = 1000;
const END_WITH_PARENT = new URL("./end-with-parent.mjs", import.meta.url).href;

export interface ChildOptions {
  /** Its name in messages: "the dashboard". */
  readonly name: string;
  readonly logFile: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** How long it may take to stop; what has nothing to lose need not be waited for. */
  readonly stopTimeoutMs?: number;
}

/** A Node process of ours that ends when we do, however we end. */
export interface Child {
  readonly name: string;
  readonly logFile: string;
  running(): boolean;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** The first line of standard output that is a JSON object with `ready: true`. */
  ready<T>(timeoutMs: number): Promise<T>;
  stop(): Promise<void>;
}

/**
 * Starts a Node program with an IPC channel, by which it sees our death, and its log in a file.
 *
 * It gets a process group of its own, so that Ctrl-C at the terminal reaches only us and we stop things in order.
 */
export function startChild(options: ChildOptions): Child {
  const log = openLog(options.logFile);
  const process_ = spawn(process.execPath, ["--import", END_WITH_PARENT, ...options.words], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", log.fd, "ipc"],
    detached: true,
  });
  const lines = collectLines(process_, log.fd);
  const running = () => process_.exitCode === null && process_.signalCode === null && process_.pid !== undefined;
  const ended = new Promise<void>((resolve) => {
    process_.once("exit", () => resolve());
    process_.once("error", () => resolve());
  });
  return {
    name: options.name,
    logFile: options.logFile,
    running,
    ended,
    ready: async <T>(timeoutMs: number) => {
      let found: T | undefined;
      await waitUntil(() => {
        found = lines.map(readyLine<T>).find((value) => value !== undefined);
        return found !== undefined || !running();
      }, timeoutMs);
      if (found !== undefined) return found;
      const words = wordsSince(options.logFile, log.size);
      throw new StartError(
        `${options.name} did not start.`,
        `${words && `It says:\n${words}\n`}Its own words are in ${options.logFile}.`,
      );
    },
    stop: async () => {
      if (running()) process_.kill("SIGTERM");
      if (!(await waitUntil(() => !running(), options.stopTimeoutMs ?? STOP_TIMEOUT_MS))) killGroup(process_);
      await ended;
    },
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

/** Opens a log for what is added to it. @returns its descriptor, and its size before that */
function openLog(file: string): { readonly fd: number; readonly size: number } {
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  const fd = openSync(file, "a", 0o600);
  return { fd, size: fstatSync(fd).size };
}

/** The end of what came into a log since it had a size. */
function wordsSince(file: string, size: number): string {
  return readFileSync(file).subarray(size).toString("utf8").trimEnd().slice(-MOST_WORDS);
}

/** Copies standard output to the log; keeps its lines until one says that the program is ready. */
function collectLines(child: ChildProcess, log: number): string[] {
  const lines: string[] = [];
  if (!child.stdout) return lines;
  createInterface({ input: child.stdout }).on("line", (line) => {
    writeSync(log, `${withoutClaim(line)}\n`);
    if (lines.length < 50) lines.push(line);
  });
  return lines;
}

/** A claim is a secret, if a short-lived one: it goes to the console and into no log. */
function withoutClaim(line: string): string {
  return line.replaceAll(/(\/claim#)[\w-]+/g, "$1…");
}

function readyLine<T>(line: string): T | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(line) as { ready?: unknown };
    return value.ready === true ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
