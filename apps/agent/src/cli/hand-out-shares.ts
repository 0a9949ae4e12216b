import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { refuseSharesInside } from "../custody/inside.ts";
import { createPrivateFile, wipeFile } from "../custody/private-file.ts";
import { CliError } from "./cli-error.ts";
import { askLine, type Terminal } from "./terminal.ts";

/** Shares that were made, and what stands on each beside its words. */
export interface SharesToGive {
  readonly shares: readonly string[];
  readonly set: string;
  readonly about: string;
}

/**
 * Refuses to make shares that could not be handed out.
 *
 * @throws {@link CliError} `E_NO_TERMINAL` where nobody could be shown any; `E_FILE` for a folder that has shares;
 * {@link CustodyError} `E_KEK_PATH` for one inside the data folder, where that is known here
 */
export function requirePlaceForShares(directory: string | undefined, parts: number, dataDirectory?: string): void {
  if (directory !== undefined && dataDirectory !== undefined) refuseSharesInside(directory, dataDirectory);
  if (directory === undefined && process.stdin.isTTY) return;
  if (directory === undefined)
    throw new CliError(
      "E_NO_TERMINAL",
      "Custodians' shares are shown one at a time, and there is no terminal.",
      "Run it at a terminal, or name a folder with --shares-to DIR: one file for each custodian.",
    );
  const taken = pathsIn(directory, parts).find((path) => existsSync(path));
  if (taken !== undefined)
    throw new CliError("E_FILE", `${taken} is there already. ${AS_IT_WAS}`, "Name a new folder.");
}

/**
 * Gives each custodian their share, once: at the terminal one at a time, each typed back in part and wiped from the screen
 * before the next; or a private file each in a folder, durable when this returns.
 *
 * Caller must: have the shares take effect only after this; {@link takeBackShares} where they do not.
 *
 * @returns the files that were written
 * @throws {@link CliError} `E_FILE`, with no file left; `E_STOPPED`
 */
export async function handOutShares(given: SharesToGive, directory: string | undefined): Promise<string[]> {
  if (directory !== undefined) return writeShares(given, directory);
  for (const at of given.shares.keys()) await showShare(given, at);
  return [];
}

/** Destroys files of shares that open nothing. */
export function takeBackShares(files: readonly string[]): void {
  for (const path of files) wipeFile(path);
}

const AS_IT_WAS = "Everything is as it was.";

function pathsIn(directory: string, parts: number): string[] {
  return Array.from({ length: parts }, (_, at) => join(resolve(directory), `share-${at + 1}.txt`));
}

function writeShares(given: SharesToGive, directory: string): string[] {
  const written: string[] = [];
  for (const [at, path] of pathsIn(directory, given.shares.length).entries()) {
    const bytes = Buffer.from(`${shareText(given, at)}\n`, "utf8");
    const fault = createPrivateFile(path, bytes);
    bytes.fill(0);
    if (fault !== null) {
      takeBackShares(written);
      throw new CliError(
        "E_FILE",
        `${path} ${FAULTS[fault] ?? "cannot be written"}. ${AS_IT_WAS}`,
        fault === "mode"
          ? `Take their right away (\`chmod 700 ${dirname(path)}\`), or name a new folder.`
          : "Name a new folder.",
      );
    }
    written.push(path);
  }
  return written;
}

const FAULTS: Partial<Record<string, string>> = {
  exists: "is there already",
  mode: "is in a folder that others can write",
};

function shareText({ shares, set, about }: SharesToGive, at: number): string {
  const [index = "", ...words] = (shares[at] ?? "").split(" ");
  const rows: string[] = [];
  for (let from = 0; from < words.length; from += 6) rows.push(`  ${words.slice(from, from + 6).join(" ")}`);
  return [`Share ${at + 1} of ${shares.length}, set ${set}. ${about}`, "", `  ${index}`, ...rows].join("\n");
}

const WIPE_SCREEN = "\u001b[2J\u001b[3J\u001b[H";

/** Shows one share until its custodian has it on paper: two of its words, drawn here, have to come back from there. */
export async function showShare(given: SharesToGive, at: number, terminal?: Terminal): Promise<void> {
  const screen = terminal?.output ?? process.stderr;
  const words = (given.shares[at] ?? "").split(" ").slice(1);
  const places = drawTwo(words.length);
  let shown = false;
  try {
    await askLine(
      `Custodian ${at + 1} of ${given.shares.length} alone before this screen? Press Enter to see the share. `,
      terminal,
    );
    for (;;) {
      shown = true;
      screen.write(`\n${shareText(given, at)}\n\n`);
      await askLine("Written down, number and 24 words? Press Enter: it goes from the screen. ", terminal);
      screen.write(WIPE_SCREEN);
      const typed: string[] = [];
      for (const place of places) typed.push(await askLine(`From your paper, word ${place + 1}: `, terminal));
      screen.write(WIPE_SCREEN);
      if (typed.every((word, nth) => word.trim().toLowerCase() === words[places[nth] ?? 0])) return;
      screen.write("Those are not its words. Here it is again; correct your paper.\n");
    }
  } catch (cause) {
    if (shown) screen.write(WIPE_SCREEN);
    throw cause;
  }
}

function drawTwo(of: number): [number, number] {
  const first = randomInt(of);
  const second = (first + 1 + randomInt(of - 1)) % of;
  return first < second ? [first, second] : [second, first];
}
