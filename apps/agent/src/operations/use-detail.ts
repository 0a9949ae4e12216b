import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { UseRow } from "../lifecycle/host-entry.ts";

/** Folder of the detail files in the data folder. */
const USE_FOLDER = "use";
/** Detail is kept this long; the roll-ups in the custody log stay. */
const DETAIL_DAYS = 400;

const DAY_MS = 86_400_000;

/**
 * Where the detail behind the custody log's roll-ups is kept: one file a day, JSON lines. Each roll-up's line (`key`,
 * `client`, `minute`, `root`, `lines`) is followed by as many lines as it says; `root` is the RFC 6962 root over them.
 */
export class UseDetail {
  readonly #folder: string;
  #pruned = "";

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, USE_FOLDER);
  }

  /** Appends the detail of some roll-ups, on the disk when this returns. May throw what the file system throws. */
  write(rollUps: readonly { readonly row: UseRow; readonly lines: readonly string[] }[]): void {
    const byDay = new Map<string, string>();
    for (const { row, lines } of rollUps) {
      const { keyId: key, clientId: client, minute, root } = row;
      const head = JSON.stringify({ key, client, minute, root, lines: lines.length });
      const day = dayOf(minute * 60_000);
      byDay.set(day, `${byDay.get(day) ?? ""}${[head, ...lines].join("\n")}\n`);
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const [day, text] of byDay) appendDurably(join(this.#folder, `${day}.jsonl`), text);
    const today = [...byDay.keys()].at(-1);
    if (today !== undefined && today !== this.#pruned) this.#prune(today);
  }

  #prune(today: string): void {
    const oldest = dayOf(Date.parse(today) - DETAIL_DAYS * DAY_MS);
    for (const name of readdirSync(this.#folder))
      if (/^\d{4}-\d\d-\d\d[.]jsonl$/.test(name) && name < oldest) rmSync(join(this.#folder, name), { force: true });
    this.#pruned = today;
  }
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function appendDurably(path: string, text: string): void {
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
