import { randomBytes } from "node:crypto";
import { encodeBase64url } from "@holdfast/protocol";
import { parseCheckpoint, parseNote } from "@holdfast/tlog";
import type { Judged } from "./judge-note.ts";

/** A signed head ahead of this log. */
export interface LostHead {
  readonly size: number;
  /** Base64url. */
  readonly root: string;
  /** Who showed it first. */
  readonly from: string;
}

const MOST = 64;

/**
 * The signed heads that an older state was found to be behind of: what people give up when they go on from it
 * (log.acceptLoss). All that is known must be named, so that no approval reaches further than what its people saw.
 */
export class LostHeads {
  /**
   * Drawn when the domain was opened: an approval names it, so that it counts for this loss and not once more for the same
   * disk put back.
   */
  readonly found = encodeBase64url(randomBytes(16));
  readonly #rejected = new Set<string>();
  readonly #heads = new Map<string, LostHead>();
  #forked = false;

  /** Takes note of a head. Caller must: leave out those that people gave up before. */
  note({ kind, size, note }: Judged, from: string): void {
    if (kind === "fork") this.forked();
    if (kind !== "ahead") return;
    const root = encodeBase64url(parseCheckpoint(parseNote(note).text).root);
    const id = `${size} ${root}`;
    if (!this.#heads.has(id)) this.#heads.set(id, { size, root, from });
  }

  /** Two histories were signed: then nothing is merely lost. */
  forked(): void {
    this.#forked = true;
  }

  /**
   * Somebody said no to a command. Nothing can be written while the log is behind; memory is enough, since no command counts
   * after the next start.
   */
  reject(hash: string): void {
    this.#rejected.add(hash);
  }

  isRejected(hash: string): boolean {
    return this.#rejected.has(hash);
  }

  /** The largest ones, smallest first. */
  all(): LostHead[] {
    return [...this.#heads.values()].sort((one, other) => one.size - other.size).slice(-MOST);
  }

  /** Whether two trees of one size were signed, here or among what is lost. */
  get isForked(): boolean {
    const sizes = new Set([...this.#heads.values()].map(({ size }) => size));
    return this.#forked || sizes.size < this.#heads.size;
  }
}
