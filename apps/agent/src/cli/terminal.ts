import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError } from "./cli-error.ts";

/** Longest passphrase read from a file or descriptor, in bytes. */
const MAX_PASSPHRASE_BYTES = 4096;

/** How a passphrase may be given: never on the command line, where other processes would see it. */
export interface PassphraseSource {
  readonly file?: string | undefined;
  readonly descriptor?: string | undefined;
}

/**
 * Reads a passphrase from a file, a descriptor, or the terminal without showing it.
 *
 * One trailing line break is dropped. With `twice` the terminal asks again and compares.
 *
 * @throws {@link CliError} `E_FILE` when the source cannot be read or is empty, `E_NO_TERMINAL` when there is none,
 * `E_USAGE` when the two entries differ.
 */
export async function readPassphrase(source: PassphraseSource, prompt: string, twice = false): Promise<string> {
  if (source.file !== undefined) return readSecretFile(source.file);
  if (source.descriptor !== undefined) return readSecretDescriptor(source.descriptor);
  if (!process.stdin.isTTY) {
    throw new CliError(
      "E_NO_TERMINAL",
      "A passphrase is needed and there is no terminal to ask at.",
      "Give it with --passphrase-file PATH or --passphrase-fd N.",
    );
  }
  const first = await askHidden(`${prompt}: `);
  if (twice && (await askHidden(`${prompt}, again: `)) !== first) {
    throw new CliError("E_USAGE", "The two passphrases differ.", "Nothing was changed; run the command again.");
  }
  return first;
}

function readSecretFile(path: string): string {
  try {
    const descriptor = openSync(path, "r");
    try {
      return readSecretDescriptor(String(descriptor));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("E_FILE", `The passphrase file ${path} cannot be read.`, "Check the path and its permissions.");
  }
}

function readSecretDescriptor(descriptor: string): string {
  const number = Number(descriptor);
  const buffer = Buffer.alloc(MAX_PASSPHRASE_BYTES + 1);
  let size = 0;
  try {
    for (;;) {
      const read = readSync(number, buffer, size, buffer.length - size, null);
      size += read;
      if (read === 0 || size > MAX_PASSPHRASE_BYTES) break;
    }
    const text = buffer.toString("utf8", 0, size).replace(/\r?\n$/, "");
    if (text.length === 0 || size > MAX_PASSPHRASE_BYTES) {
      throw new CliError("E_FILE", "The passphrase is empty or longer than 4,096 bytes.", "Check its source.");
    }
    return text;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("E_FILE", "The passphrase cannot be read.", "Check the descriptor or file.");
  } finally {
    buffer.fill(0);
  }
}

async function askHidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await reader.question("");
  } finally {
    reader.close();
    process.stderr.write("\n");
  }
}

/** Asks for a line of text; null without a terminal. */
export async function askText(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await reader.question(question)).trim();
  } finally {
    reader.close();
  }
}

/** Asks a yes-or-no question; only `y` or `yes` is a yes. Without a terminal the answer is no. */
export async function askYes(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}

/**
 * Reads a small text file a person named on the command line.
 *
 * @throws {@link CliError} `E_FILE`
 */
export function readNamedFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new CliError("E_FILE", `${path} cannot be read.`, "Check the path and its permissions.");
  }
}
