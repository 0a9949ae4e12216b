import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
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
 * One trailing line break is dropped. With `twice` the terminal asks again and compares.
 *
 * @throws {@link CliError} `E_SECRET_FILE` for a file that others may read, `E_FILE` when the source cannot be read or
 * is empty, `E_NO_TERMINAL` when there is none,
 * `E_USAGE` when the two entries differ.
 */
export async function readPassphrase(source: PassphraseSource, prompt: string, twice = false): Promise<string> {
  return readHidden(source, prompt, { twice, next: "Give it with --passphrase-file PATH or --passphrase-fd N." });
}

/** The same for a secret that is given by other options. @throws {@link CliError} as {@link readPassphrase} */
export async function readHidden(
  source: PassphraseSource,
  prompt: string,
  { twice = false, next }: { readonly twice?: boolean; readonly next: string },
): Promise<string> {
  if (source.file !== undefined) return passphraseIn(readSecretFile(source.file));
  if (source.descriptor !== undefined) return passphraseIn(readSecretDescriptor(Number(source.descriptor)));
  if (!process.stdin.isTTY) {
    throw new CliError("E_NO_TERMINAL", "A secret is needed and there is no terminal to ask at.", next);
  }
  const first = await askHidden(`${prompt}: `);
  if (twice && (await askHidden(`${prompt}, again: `)) !== first) {
    throw new CliError("E_USAGE", "The two passphrases differ.", "Nothing was changed; run the command again.");
  }
  return first;
}

function passphraseIn(bytes: Buffer): string {
  const text = bytes.toString("utf8").replace(/\r?\n$/, "");
  bytes.fill(0);
  if (text.length === 0) throw new CliError("E_FILE", "The passphrase is empty.", "Check its source.");
  return text;
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
