import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  formatNote,
  NOTE_TYPE,
  type NoteKey,
  parseCheckpoint,
  parseNote,
  parseVkey,
  TlogError,
  type VerifiedCheckpoint,
  type WitnessHead,
} from "@holdfast/tlog";
import { writeDurably } from "../durable-file.ts";
import { WitnessError } from "./witness-error.ts";

/** One log that a witness follows: whose checkpoints it cosigns, and by which keys. */
export interface FollowedLog {
  readonly id: string;
  readonly origin: string;
  readonly vkeys: readonly string[];
}

/** Other heads that one log signed, kept at most; the newest stay. */
const MOST_OTHERS = 16;

/** By which name a log's files and addresses go: SHA-256 of its origin, hex. */
export function logId(origin: string): string {
  return createHash("sha256").update(origin, "utf8").digest("hex");
}

/**
 * What a witness remembers, as files in its folder: for each log its keys (`log.json`), the newest note that was cosigned
 * (`head`), and notes that the log signed and that were not cosigned (`other-…`).
 */
export class FollowedLogs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, "logs");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Follows a log from now on, or takes one more key of a log that is followed.
   *
   * @param origin - The log's origin; the key's name without it, as the specification advises logs.
   * @throws {@link WitnessError} `E_WITNESS_LOG`
   */
  follow(vkey: string, origin?: string): FollowedLog {
    const key = readLogKey(vkey);
    const name = origin ?? key.name;
    const before = this.find(name);
    const vkeys = [...new Set([...(before?.vkeys ?? []), vkey])];
    const log = { id: logId(name), origin: name, vkeys };
    mkdirSync(join(this.#folder, log.id), { recursive: true, mode: 0o700 });
    writeDurably(this.#path(name, "log.json"), `${JSON.stringify({ ver: 1, origin: name, vkeys }, null, 2)}\n`);
    return log;
  }

  /** Forgets a log and what was remembered of it: its next head is its first. */
  forget(origin: string): void {
    rmSync(join(this.#folder, logId(origin)), { recursive: true, force: true });
  }

  all(): FollowedLog[] {
    return readdirSync(this.#folder)
      .map((id) => this.#read(id))
      .filter((log) => log !== null);
  }

  find(origin: string): FollowedLog | null {
    return this.#read(logId(origin));
  }

  keys({ vkeys }: FollowedLog): NoteKey[] {
    return vkeys.map(parseVkey);
  }

  /** The newest note that was cosigned, with the cosignature; null before the first. */
  headNote(origin: string): string | null {
    return readIfThere(this.#path(origin, "head"));
  }

  /** @throws {@link WitnessError} `E_WITNESS_FOLDER`: with an unreadable memory nothing may be cosigned */
  head(origin: string): WitnessHead {
    const note = this.headNote(origin);
    if (note === null) return null;
    try {
      return parseCheckpoint(parseNote(note).text);
    } catch {
      throw new WitnessError(
        "E_WITNESS_FOLDER",
        `What the witness remembers of ${origin} cannot be read.`,
        "Put the folder back from a copy that is not older, or tell the log's owners and follow it anew.",
      );
    }
  }

  /** Durable when this returns. */
  keepHead(origin: string, note: string): void {
    writeDurably(this.#path(origin, "head"), note);
  }

  /** Notes that the log signed and that were not cosigned: another history, perhaps. */
  others(origin: string): string[] {
    return this.#otherFiles(origin).map((name) => readIfThere(this.#path(origin, name)) ?? "");
  }

  /** Keeps such a note, once; of many the newest. */
  keepOther(origin: string, { note, size }: VerifiedCheckpoint): void {
    const hash = createHash("sha256").update(note.text, "utf8").digest("hex");
    const names = this.#otherFiles(origin);
    if (names.some((name) => name.endsWith(hash))) return;
    const next = Number(names.at(-1)?.split("-")[1] ?? 0) + 1;
    writeDurably(this.#path(origin, `other-${String(next).padStart(8, "0")}-${size}-${hash}`), formatNote(note));
    for (const name of [...names].reverse().slice(MOST_OTHERS - 1)) rmSync(this.#path(origin, name), { force: true });
  }

  #otherFiles(origin: string): string[] {
    const folder = join(this.#folder, logId(origin));
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^other-\d{8}-\d+-[0-9a-f]{64}$/.test(name))
      .sort();
  }

  #read(id: string): FollowedLog | null {
    const text = readIfThere(join(this.#folder, id, "log.json"));
    if (text === null) return null;
    const { origin, vkeys } = JSON.parse(text) as { origin: string; vkeys: string[] };
    return { id, origin, vkeys };
  }

  #path(origin: string, name: string): string {
    return join(this.#folder, logId(origin), name);
  }
}

function readLogKey(vkey: string): NoteKey {
  try {
    const key = parseVkey(vkey);
    if (key.type === NOTE_TYPE.ed25519) return key;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
  }
  throw new WitnessError(
    "E_WITNESS_LOG",
    "That is no verifier key of a log.",
    "Copy it whole from the key server, which shows it beside its witnesses.",
  );
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw cause;
  }
}
