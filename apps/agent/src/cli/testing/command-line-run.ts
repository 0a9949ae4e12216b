import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The agent's program, as a process runs it. */
export const PROGRAM = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** What a command line printed, and its exit code. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

/** An agent that serves. */
export interface Served {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly ready: any;
  readonly pid: number | undefined;
  /** Ends it in order, by one signal or several at once. @returns its exit code; null when a signal killed it */
  readonly stop: (...signals: NodeJS.Signals[]) => Promise<number | null>;
}

/** A folder with agents of its own; every command is a real process. Tests only. */
export class CommandLineRun {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-cli-")));
  readonly #serving = new Map<ChildProcess, Promise<number | null>>();

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  /** What a process sees; no terminal, and a place of its own for key-encryption keys. */
  environment(config = "config"): NodeJS.ProcessEnv {
    return { ...process.env, XDG_CONFIG_HOME: this.path(config), HOLDFAST_DATA: this.path("data") };
  }

  /** Runs a command line to its end, as a program reads it. */
  run(...words: string[]): Promise<Ran> {
    return this.spawn(process.execPath, [PROGRAM, ...words, "--json"]);
  }

  /** Runs any program in the folder. */
  async spawn(program: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const env = { ...this.environment(), ...more };
    const child = spawn(program, words, { cwd: this.root, env, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
    const code = await ended(child);
    const out = await stdout;
    return {
      code,
      stdout: out,
      stderr: await stderr,
      json: code === 0 || code === 3 ? jsonIn(out) : jsonIn((await stderr).trimEnd().split("\n").at(-1) ?? ""),
    };
  }

  /** Serves a data folder; resolves with its one ready line. @param more - What its process finds in its environment besides. */
  async serve(words: readonly string[] = [], config = "config", more: NodeJS.ProcessEnv = {}): Promise<Served> {
    const all = [
      PROGRAM,
      "serve",
      ...(words.includes("--metrics") ? [] : ["--metrics", "off"]),
      ...(words.includes("--kmip") ? [] : ["--kmip", "off"]),
      ...words,
    ];
    const env = { ...this.environment(config), ...more };
    const child = spawn(process.execPath, all, { cwd: this.root, env, stdio: ["ignore", "pipe", "pipe"] });
    const end = ended(child);
    this.#serving.set(child, end);
    const errors = textOf(child.stderr);
    const line = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
      });
      void end.then(async (code) => reject(new TypeError(`it ended with ${code}: ${await errors}`)));
    });
    const stop = (...signals: NodeJS.Signals[]) => {
      for (const signal of signals.length > 0 ? signals : (["SIGTERM"] as const)) child.kill(signal);
      return end;
    };
    return { ready: JSON.parse(line), pid: child.pid, stop };
  }

  async close(): Promise<void> {
    for (const [child, end] of this.#serving) {
      child.kill("SIGTERM");
      await end;
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** The one JSON document in a text; null for anything else, two documents included. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
