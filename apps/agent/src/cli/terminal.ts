import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { refuseWeakPassphrase } from "../custody/kek-source.ts";
import { CliError } from "./cli-error.ts";
import { readSecretDescriptor, readSecretFile } from "./named-file.ts";

/** How a passphrase may be given: never on the command line, where other processes would see it. */
export interface PassphraseSource {
  readonly file?: string | undefined;
  readonly descriptor?: string | undefined;
}

/**
 * Reads a passphrase from a file, a descriptor, or the terminal without showing it.
 *
 * One trailing line break is dropped. With `twice` it is a new one: refused at once where it is too short; the terminal asks
 * again and compares.
 *
 * @throws {@link CliError} `E_SECRET_FILE` for a file that others may read, `E_FILE` when the source cannot be read or
 * is empty, `E_NO_TERMINAL` when there is none,
 * `E_USAGE` when the two entries differ; {@link CustodyError} `E_PASSPHRASE_WEAK`; {@link CliError} `E_STOPPED` when the person ends it.
 */
export async function readPassphrase(source: PassphraseSource, prompt: string, twice = false): Promise<string> {
  const check = twice ? { check: refuseWeakPassphrase } : {};
  return readHidden(source, prompt, {
    ...check,
    twice,
    next: "Give it with --passphrase-file PATH or --passphrase-fd N.",
  });
}

/** How a secret is asked for and spoken of. */
export interface HiddenText {
  readonly twice?: boolean;
  /** Where there is no terminal to ask at. */
  readonly next: string;
  /** What it is called where its source holds nothing. */
  readonly what?: string;
  /** Refuses one that cannot be taken, before it is asked for again. */
  readonly check?: (text: string) => void;
}

/** The same for a secret that is given by other options. @throws {@link CliError} as {@link readPassphrase} */
export async function readHidden(
  source: PassphraseSource,
  prompt: string,
  { twice = false, next, what = "passphrase", check = () => {} }: HiddenText,
): Promise<string> {
  const given = givenIn(source, what);
  if (given !== null) {
    check(given);
    return given;
  }
  if (!process.stdin.isTTY) {
    throw new CliError("E_NO_TERMINAL", "A secret is needed and there is no terminal to ask at.", next);
  }
  const first = await askHidden(`${prompt}: `);
  check(first);
  if (twice && (await askHidden(`${prompt}, again: `)) !== first) {
    throw new CliError("E_USAGE", "The two passphrases differ.", "Nothing was changed; run the command again.");
  }
  return first;
}

/** What a file or descriptor holds; null where neither is named. */
function givenIn({ file, descriptor }: PassphraseSource, what: string): string | null {
  if (file !== undefined) return secretIn(readSecretFile(file), what);
  return descriptor === undefined ? null : secretIn(readSecretDescriptor(Number(descriptor)), what);
}

function secretIn(bytes: Buffer, what: string): string {
  const text = bytes.toString("utf8").replace(/\r?\n$/, "");
  bytes.fill(0);
  if (text.length === 0) throw new CliError("E_FILE", `The ${what} is empty.`, "Check its source.");
  return text;
}

async function askHidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await askLine("", { input: process.stdin, output: silent });
  } finally {
    process.stderr.write("\n");
  }
}

/** Where a person is asked. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** What ends a process from outside; at a question it is an end like Ctrl-C, so that what was begun is put away. */
const ENDING = ["SIGTERM", "SIGHUP"] as const;
const CONSOLE: Terminal = { input: process.stdin, output: process.stderr };

/**
 * Asks for one line.
 *
 * @throws {@link CliError} `E_STOPPED` when the person ends it: Ctrl-C, Ctrl-D, a terminal that is closed, or a signal
 */
export async function askLine(question: string, { input, output }: Terminal = CONSOLE): Promise<string> {
  const reader = createInterface({ input, output, terminal: true });
  const close = () => reader.close();
  for (const signal of ENDING) process.once(signal, close);
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once("close", () => reject(stopped()));
      reader.question(question).then(resolve, () => reject(stopped()));
    });
  } catch (cause) {
    if (question !== "") output.write("\n");
    throw cause;
  } finally {
    for (const signal of ENDING) process.off(signal, close);
    close();
  }
}

/** The end that a person chose at a question; {@link endedWith} puts in what that means where something was begun. */
function stopped(): CliError {
  return new CliError("E_STOPPED", "Stopped. Nothing was done.", "Run it again when you want it done.");
}

/** Says of an end at a question what was done before it and what was not; other errors stay as they are. */
export async function endedWith<T>(what: string, next: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CliError && cause.code === "E_STOPPED") throw new CliError("E_STOPPED", what, next);
    throw cause;
  }
}

/** Asks for a line of text; null without a terminal. @throws {@link CliError} `E_STOPPED` */
export async function askText(question: string): Promise<string | null> {
  return process.stdin.isTTY ? (await askLine(question)).trim() : null;
}

/** Asks a yes-or-no question; only `y` or `yes` is a yes. Without a terminal the answer is no. @throws {@link CliError} `E_STOPPED` */
export async function askYes(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  return /^y(es)?$/i.test((await askLine(`${question} [y/N] `)).trim());
}
