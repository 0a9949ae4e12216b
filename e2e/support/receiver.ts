import { spawn } from "node:child_process";
import { type CommandLineRun, PROGRAM } from "../../apps/agent/src/cli/testing/command-line-run.ts";

/** A fresh agent that waits for a backup's custodians. */
export interface Receiver {
  readonly ready: {
    readonly words: readonly string[];
    readonly approveUrl: string;
    readonly custodianUrl: string;
    readonly custodians: readonly string[];
  };
  /** `result` is what it printed last. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string; readonly result: string }>;
  kill(): void;
}

/** Where a receiver keeps what it gets, and where its page is. */
export interface ReceiverPlace {
  readonly data: string;
  readonly config: string;
  readonly page: { readonly port: number; readonly origin: string };
}

/** Starts `escrow release` on a new host. @param more - Further options. */
export async function startReceiver(
  line: CommandLineRun,
  backup: string,
  { data, config, page }: ReceiverPlace,
  more: readonly string[] = [],
): Promise<Receiver> {
  const words = ["escrow", "release", backup, "--data", data, "--json", ...more];
  const place = ["--page", `127.0.0.1:${page.port}`, "--page-origin", page.origin];
  const child = spawn(process.execPath, [PROGRAM, ...words, ...place], {
    env: line.environment(config),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ready = await new Promise<Receiver["ready"]>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("\n")) resolve(JSON.parse(printed.slice(0, printed.indexOf("\n"))));
    });
    void ended.then(() => reject(new TypeError(`It ended: ${errors}`)));
  });
  const result = () => printed.trimEnd().split("\n").at(-1) ?? "";
  return {
    ready,
    ended: ended.then((code) => ({ code, errors, result: result() })),
    kill: () => child.kill("SIGKILL"),
  };
}
