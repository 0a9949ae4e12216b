import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SigningHandle } from "@holdfast/crypto";
import {
  addCosignatures,
  formatCheckpoint,
  formatNote,
  logKey,
  logOrigin,
  type NoteKey,
  noteSignature,
  parseCheckpoint,
  parseNote,
  verifyCosignatures,
} from "@holdfast/tlog";
import { StoreError } from "../keystore/errors.ts";
import type { LogHead } from "./custody-log.ts";

/** Name of the checkpoint's file in the data folder. */
export const CHECKPOINT_FILE = "checkpoint";

/** What signs checkpoints, and whose cosignatures are believed. */
export interface CheckpointParts {
  readonly tid: string;
  readonly alk: SigningHandle;
  readonly dataDirectory: string;
  readonly witnesses: () => readonly NoteKey[];
}

/**
 * Signs the log's head and keeps the newest signed checkpoint in a file outside the store.
 *
 * That file is what tells, at the next start, that somebody put an older store back.
 */
export class CheckpointWriter {
  readonly #parts: CheckpointParts;
  readonly #path: string;
  #note: string;
  #size: number;
  #witnessedAt: number | null = null;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    this.#path = join(parts.dataDirectory, CHECKPOINT_FILE);
    this.#note = readCheckpointFile(parts.dataDirectory) ?? "";
    this.#size = sizeOf(this.#note);
  }

  current(): string {
    return this.#note;
  }

  witnessedAt(): number | null {
    return this.#witnessedAt;
  }

  /** Signs `head` unless it is already signed. */
  sign(head: LogHead): string {
    if (head.size === this.#size) return this.#note;
    const { tid, alk } = this.#parts;
    const text = formatCheckpoint({ origin: logOrigin(tid), size: head.size, root: head.root });
    const key = logKey(tid, alk.publicKey.raw);
    const note = formatNote({ text, signatures: [noteSignature(key, alk.sign(Buffer.from(text, "utf8")))] });
    this.#keep(note);
    this.#size = head.size;
    return note;
  }

  /** Adds the cosignatures in a witness's answer to the current checkpoint. */
  async addCosignature(answer: string): Promise<void> {
    const before = this.#note;
    const note = await addCosignatures(parseNote(before), answer, this.#parts.witnesses());
    const [newest] = (await verifyCosignatures(note, this.#parts.witnesses()))
      .map(({ time }) => time)
      .sort((a, b) => b - a);
    if (newest !== undefined) this.#witnessedAt = Math.max(newest, this.#witnessedAt ?? 0);
    // The log may have grown while the signature was checked; a cosignature of an older head is not kept.
    if (this.#note === before) this.#keep(formatNote(note));
  }

  #keep(note: string): void {
    try {
      const fresh = `${this.#path}.new`;
      const file = openSync(fresh, "w", 0o600);
      try {
        writeSync(file, note);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, this.#path);
      syncDirectory(dirname(this.#path));
    } catch {
      throw new StoreError("E_STORE", "The checkpoint file cannot be written.");
    }
    this.#note = note;
  }
}

/** Of a note that is not readable: none. Opening the log says so, and then nothing is signed. */
function sizeOf(note: string): number {
  if (note === "") return -1;
  try {
    return parseCheckpoint(parseNote(note).text).size;
  } catch {
    return -1;
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** The checkpoint note kept in a data folder, or null before the first one. */
export function readCheckpointFile(dataDirectory: string): string | null {
  try {
    return readFileSync(join(dataDirectory, CHECKPOINT_FILE), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new StoreError("E_STORE", "The checkpoint file cannot be read.");
  }
}
