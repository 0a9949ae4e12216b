import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { CliError } from "./cli-error.ts";

/** Refuses to make shares that nobody could be shown. @throws {@link CliError} `E_NO_TERMINAL` */
export function requirePlaceForShares(directory: string | undefined): void {
  if (directory !== undefined || process.stdin.isTTY) return;
  throw new CliError(
    "E_NO_TERMINAL",
    "Custodians' shares are shown one at a time, and there is no terminal.",
    "Run it at a terminal, or name a folder with --shares-to DIR: one file for each custodian.",
  );
}

/**
 * Gives each custodian their share, once: at the terminal one at a time, each wiped from the screen before the next; or
 * a private file each in a folder.
 *
 * @returns the files that were written
 */
export async function handOutShares(shares: readonly string[], directory: string | undefined, about: string) {
  if (shares.length === 0) return [];
  if (directory !== undefined) return writeShares(shares, directory, about);
  for (const [at, share] of shares.entries()) await showShare(share, at + 1, shares.length, about);
  return [];
}

function writeShares(shares: readonly string[], directory: string, about: string): string[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return shares.map((share, at) => {
    const path = join(directory, `share-${at + 1}.txt`);
    try {
      writeFileSync(path, `${shareText(share, at + 1, shares.length, about)}\n`, { mode: 0o600, flag: "wx" });
    } catch {
      throw new CliError("E_FILE", `${path} cannot be written, or is there already.`, "Name a new folder.");
    }
    return path;
  });
}

function shareText(share: string, number: number, of: number, about: string): string {
  const [index = "", ...words] = share.split(" ");
  const rows: string[] = [];
  for (let at = 0; at < words.length; at += 6) rows.push(`  ${words.slice(at, at + 6).join(" ")}`);
  return [`Share ${number} of ${of}. ${about}`, "", `  ${index}`, ...rows].join("\n");
}

const WIPE_SCREEN = "\u001b[2J\u001b[3J\u001b[H";

async function showShare(share: string, number: number, of: number, about: string): Promise<void> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    await reader.question(`Custodian ${number} of ${of} alone before this screen? Press Enter to see the share. `);
    process.stderr.write(`\n${shareText(share, number, of, about)}\n\n`);
    await reader.question("Written down, number and 24 words? Press Enter: it is not shown again. ");
    process.stderr.write(WIPE_SCREEN);
  } finally {
    reader.close();
  }
}
