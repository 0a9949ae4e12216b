import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Checkpoint,
  formatNote,
  parseCheckpoint,
  parseNote,
  type VerifiedCheckpoint,
  type WitnessHead,
} from "@holdfast/tlog";
import { writeDurably } from "../durable-file.ts";
import { CosignedRoots } from "./cosigned-roots.ts";
import { readIfThere } from "./read-if-there.ts";

/**
 * Why a head is kept: with another it proves two roots of one size (`fork`), it was above what was cosigned (`above`), or it
 * was below that and is not known to be one of this history (`other`).
 */
type Reason = "fork" | "above" | "other";

interface Kept {
  readonly name: string;
  readonly reason: Reason;
  readonly number: number;
  readonly size: number;
  readonly hash: string;
}

/** Of each reason, at most; twice as many proofs. */
const MOST_OF_EACH = 16;
/** Bytes of all that is told, as JSON: less than the mebibyte that an agent reads. */
const MOST_TOLD_BYTES = 900_000;
const FILE = /^(fork|above|other)-(\d{8})-(\d+)-([0-9a-f]{64})$/;
const ORDER: readonly Reason[] = ["fork", "above", "other"];

/**
 * Notes that one log signed and that were not cosigned, as files of its folder.
 *
 * Anybody may replay heads of the log to a witness. So one that was cosigned is not kept; what proves two roots is never given
 * up, not even for more of it; and of the rest each kind makes room among its own only.
 */
export class OtherHeads {
  readonly #folder: string;
  readonly #cosigned: CosignedRoots;

  constructor(folder: string) {
    this.#folder = folder;
    this.#cosigned = new CosignedRoots(folder);
  }

  /** The notes, proofs first; as many as fit into an answer. */
  notes(): string[] {
    let room = MOST_TOLD_BYTES;
    return this.#kept()
      .map(({ name }) => readIfThere(join(this.#folder, name)) ?? "")
      .filter((note) => {
        room -= Buffer.byteLength(JSON.stringify(note)) + 1;
        return note !== "" && room > 0;
      });
  }

  /** Keeps such a note, once, if it may be of another history than what was cosigned. */
  keep(head: VerifiedCheckpoint, newest: WitnessHead): void {
    const hash = textHash(head.note.text);
    const kept = this.#kept();
    const root = newest?.size === head.size ? base64(newest.root) : this.#cosigned.find(head.size);
    if (kept.some((each) => each.hash === hash) || (root !== null && isRoot(head, root))) return;
    const rivals = kept.filter((each) => each.size === head.size && !isRoot(head, this.#rootOf(each)));
    const isFork = root !== null || rivals.length > 0;
    for (const rival of rivals) this.#prove(rival);
    const reason = isFork ? "fork" : head.size > (newest?.size ?? 0) ? "above" : "other";
    const same = this.#kept().filter((each) => each.reason === reason);
    if (isFork && same.length >= 2 * MOST_OF_EACH) return;
    const next = Math.max(0, ...kept.map(({ number }) => number)) + 1;
    writeDurably(
      join(this.#folder, `${reason}-${String(next).padStart(8, "0")}-${head.size}-${hash}`),
      formatNote(head.note),
    );
    if (isFork) return;
    for (const { name } of same.reverse().slice(MOST_OF_EACH - 1)) rmSync(join(this.#folder, name), { force: true });
  }

  /** A head was cosigned: of its size the same is no other any more, and another root is proved. */
  cosigned(head: Checkpoint): void {
    this.#cosigned.add(head);
    for (const each of this.#kept()) {
      if (each.size !== head.size || each.reason === "fork") continue;
      if (isRoot(head, this.#rootOf(each))) rmSync(join(this.#folder, each.name), { force: true });
      else this.#prove(each);
    }
  }

  #prove({ name, reason }: Kept): void {
    if (reason !== "fork") renameSync(join(this.#folder, name), join(this.#folder, name.replace(reason, "fork")));
  }

  #rootOf({ name }: Kept): string | null {
    try {
      const { root } = parseCheckpoint(parseNote(readIfThere(join(this.#folder, name)) ?? "").text);
      return base64(root);
    } catch {
      return null;
    }
  }

  #kept(): Kept[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .flatMap((name): Kept[] => {
        const [, reason, number, size, hash = ""] = FILE.exec(name) ?? [];
        if (reason === undefined) return [];
        return [{ name, reason: reason as Reason, number: Number(number), size: Number(size), hash }];
      })
      .sort((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason) || a.number - b.number);
  }
}

function isRoot({ root }: Checkpoint, encoded: string | null): boolean {
  return base64(root) === encoded;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function textHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
