import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
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
  parseSignatureLines,
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

/** A witness's statement about one head of this log. */
export interface CosignedHead {
  readonly key: NoteKey;
  /** By the witness's clock, Unix seconds. */
  readonly time: number;
  readonly size: number;
  /** The checkpoint, as it was shown to the witness. */
  readonly note: string;
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
  /** Size and root of the newest one; empty before the first. */
  #signedHead: string;
  readonly #signed: ((note: string, size: number) => void)[] = [];
  readonly #cosigned: ((cosigned: CosignedHead) => void)[] = [];

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    this.#path = join(parts.dataDirectory, CHECKPOINT_FILE);
    this.#note = readCheckpointFile(parts.dataDirectory) ?? "";
    this.#signedHead = headOf(this.#note);
  }

  current(): string {
    return this.#note;
  }

  /** Signs `head` unless it is already signed. */
  sign(head: LogHead): string {
    if (nameOf(head) === this.#signedHead) return this.#note;
    const note = this.signAside(head);
    this.#keep(note);
    this.#signedHead = nameOf(head);
    for (const listener of this.#signed) listener(note, head.size);
    return note;
  }

  /** Signs a head of this log without keeping it: evidence of what this agent holds. */
  signAside(head: LogHead): string {
    const { tid, alk } = this.#parts;
    const text = formatCheckpoint({ origin: logOrigin(tid), size: head.size, root: head.root });
    const key = logKey(tid, alk.publicKey.raw);
    return formatNote({ text, signatures: [noteSignature(key, alk.sign(Buffer.from(text, "utf8")))] });
  }

  /** Calls back whenever another head was signed. */
  onSigned(listener: (note: string, size: number) => void): void {
    this.#signed.push(listener);
  }

  /** Calls back for every cosignature that was verified, of whatever head. */
  onCosigned(listener: (cosigned: CosignedHead) => void): void {
    this.#cosigned.push(listener);
  }

  /**
   * Takes a witness's answer about a checkpoint; its cosignature is kept with that checkpoint as long as it is the newest.
   *
   * @param of - The note that the witness was shown.
   */
  async addCosignature(answer: string, of: string = this.#note): Promise<void> {
    const witnesses = this.#parts.witnesses();
    const shown = parseNote(of);
    await addCosignatures(shown, answer, witnesses);
    const lines = parseSignatureLines(answer);
    const found = await verifyCosignatures({ text: shown.text, signatures: lines }, witnesses);
    const { size } = parseCheckpoint(shown.text);
    for (const { key, time } of found) {
      for (const listener of this.#cosigned) listener({ key, time, size, note: of });
    }
    // The log may have grown while the signature was made or checked; a cosignature of an older head is not kept.
    const now = parseNote(this.#note);
    if (now.text !== shown.text) return;
    const good = lines.filter((line) => found.some(({ key }) => key.name === line.name && key.id === line.keyId));
    const others = now.signatures.filter(
      (old) => !good.some((line) => line.name === old.name && line.keyId === old.keyId),
    );
    this.#keep(formatNote({ text: now.text, signatures: [...others, ...good] }));
  }

  #keep(note: string): void {
    try {
      const fresh = `${this.#path}.new`;
      const file = openSync(fresh, "w", 0o600);
      try {
        writeFileSync(file, note);
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
function headOf(note: string): string {
  if (note === "") return "";
  try {
    return nameOf(parseCheckpoint(parseNote(note).text));
  } catch {
    return "";
  }
}

function nameOf({ size, root }: LogHead): string {
  return `${size} ${Buffer.from(root).toString("hex")}`;
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
