import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Checkpoint,
  formatVkey,
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
import { OtherHeads } from "./other-heads.ts";
import { readIfThere } from "./read-if-there.ts";
import { WitnessError } from "./witness-error.ts";

/** One log that a witness follows: whose checkpoints it cosigns, and by which keys. */
export interface FollowedLog {
  readonly id: string;
  readonly origin: string;
  readonly vkeys: readonly string[];
}

/** By which name a log's files and addresses go: SHA-256 of its origin, hex. */
export function logId(origin: string): string {
  return createHash("sha256").update(origin, "utf8").digest("hex");
}

/**
 * What a witness remembers, as files in its folder: for each log its keys (`log.json`), the newest note that was cosigned
 * (`head`), and notes that the log signed and that were not cosigned (`fork-…`, `above-…`, `other-…`).
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

  /** All that can be read. */
  all(): FollowedLog[] {
    return this.#ids().flatMap((id) => this.#tryRead(id) ?? []);
  }

  /** Identifiers of logs whose keys cannot be read. */
  damaged(): string[] {
    return this.#ids().filter((id) => this.#tryRead(id) === undefined);
  }

  /** @throws {@link WitnessError} `E_WITNESS_FOLDER` */
  byId(id: string): FollowedLog | null {
    return this.#read(id);
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
  keepHead(head: Checkpoint, note: string): void {
    writeDurably(this.#path(head.origin, "head"), note);
    this.#others(head.origin).cosigned(head);
  }

  /** Notes that the log signed and that were not cosigned: another history, perhaps. */
  others(origin: string): string[] {
    return this.#others(origin).notes();
  }

  /** Keeps such a note, bounded, unless it is known to be of the history that was cosigned. */
  keepOther(head: VerifiedCheckpoint): void {
    this.#others(head.origin).keep(head, this.head(head.origin));
  }

  #others(origin: string): OtherHeads {
    return new OtherHeads(join(this.#folder, logId(origin)));
  }

  #read(id: string): FollowedLog | null {
    const text = readIfThere(join(this.#folder, id, "log.json"));
    if (text === null) return null;
    try {
      const { origin, vkeys } = JSON.parse(text) as { origin: string; vkeys: string[] };
      if (logId(origin) === id) return { id, origin, vkeys: vkeys.map((vkey) => formatVkey(parseVkey(vkey))) };
    } catch {
      // Refused below.
    }
    throw new WitnessError(
      "E_WITNESS_FOLDER",
      `The file logs/${id}/log.json in the witness's folder cannot be read.`,
      "Put it back from a copy, or move its folder away and follow that log anew.",
    );
  }

  #tryRead(id: string): FollowedLog | null | undefined {
    try {
      return this.#read(id);
    } catch (error) {
      if (error instanceof WitnessError) return undefined;
      throw error;
    }
  }

  #ids(): string[] {
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[0-9a-f]{64}$/.test(entry.name))
      .map(({ name }) => name);
  }

  #path(origin: string, name: string): string {
    return join(this.#folder, logId(origin), name);
  }
}

/** The key of a log that a witness is told to follow. @throws {@link WitnessError} `E_WITNESS_LOG` */
export function readLogKey(vkey: string): NoteKey {
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
