import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import type { Clock } from "../../self-check/clock.ts";
import type { DiskState } from "../store.ts";
import { rewriteWal } from "./rewrite-wal.ts";

/** Runs something while nobody else writes into the store. */
type Alone = (work: () => void) => void;

/** A disk that goes on failing is asked again after this, and after twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The store's write-ahead log as a file: waits for the disk, and remembers when the disk failed.
 *
 * From a failure on nothing counts as durable until all of it was written again.
 */
export class WalFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #alone: Alone;
  /**
   * One descriptor for each way to wait: the kernel tells a failure once to each, and what one of them was told in another
   * thread the other must hear too.
   */
  #files: { readonly now: number; readonly later: number } | null = null;
  #before: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;
  #failures = 0;
  #failedAt: number | null = null;
  #doubtfulSince: number | null = null;
  #pauseMs = 0;
  /** Running time before which nothing is written again. */
  #resumesAt = Number.NEGATIVE_INFINITY;

  /** @param path - Of the database. */
  constructor(path: string, clock: Clock, alone: Alone) {
    this.#path = path;
    this.#clock = clock;
    this.#alone = alone;
  }

  /** How the disk behaved since this was opened. */
  get disk(): DiskState {
    return { failures: this.#failures, failedAt: this.#failedAt, doubtfulSince: this.#doubtfulSince };
  }

  /** Opens the file before something is written, so that no failure to write it back goes unheard. */
  open(): { readonly now: number; readonly later: number } {
    const path = `${this.#path}-wal`;
    this.#files ??= { now: openSync(path, "r+"), later: openSync(path, "r+") };
    return this.#files;
  }

  /** Notes that the disk did not take something. */
  doubt(): void {
    this.#failures += 1;
    this.#failedAt = this.#clock.now();
    this.#doubtfulSince ??= this.#failedAt;
  }

  /** Waits for the disk. */
  sync(): void {
    if (this.#doubtfulSince === null) {
      try {
        fdatasyncSync(this.open().now);
        return;
      } catch {
        this.doubt();
      }
    }
    this.rewrite();
  }

  /** Waits for the disk in another thread, one wait after the other: of two at once one alone would hear of a failure. */
  syncLater(): Promise<void> {
    this.#waiting += 1;
    const turn = this.#before.then(() => this.#syncOnce());
    this.#before = turn.catch(() => undefined);
    return turn;
  }

  /** Makes sure of everything after a failure; without one does nothing. */
  makeSure(): void {
    if (this.#doubtfulSince !== null) this.rewrite();
  }

  /** Writes everything again, unless that failed a moment ago. Tried twice, since a descriptor may have an older failure to tell. */
  rewrite(): void {
    if (this.#clock.monotonic() < this.#resumesAt) throw new Error("The disk failed a moment ago and is left alone.");
    this.#doubtfulSince ??= this.#clock.now();
    try {
      const { now } = this.open();
      this.#alone(() => {
        try {
          rewriteWal(this.#path, now);
        } catch {
          rewriteWal(this.#path, now);
        }
      });
    } catch (cause) {
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
      this.#resumesAt = this.#clock.monotonic() + this.#pauseMs;
      throw cause;
    }
    this.#doubtfulSince = null;
    this.#pauseMs = 0;
  }

  /** Not while another thread still waits for the disk with it. */
  close(): void {
    this.#closed = true;
    if (this.#files === null || this.#waiting > 0) return;
    closeSync(this.#files.now);
    closeSync(this.#files.later);
    this.#files = null;
  }

  async #syncOnce(): Promise<void> {
    try {
      const { later } = this.open();
      const cause = await new Promise<Error | null>((resolve) => fdatasync(later, resolve));
      if (cause !== null) this.doubt();
      if (this.#doubtfulSince !== null && this.#closed) throw cause;
      this.makeSure();
    } finally {
      this.#waiting -= 1;
      if (this.#closed) this.close();
    }
  }
}
