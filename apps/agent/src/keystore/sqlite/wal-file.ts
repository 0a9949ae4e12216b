import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import { rewriteWal } from "./rewrite-wal.ts";

/** Runs something while nobody else writes into the store. */
type Alone = (work: () => void) => void;

/**
 * The store's write-ahead log as a file: waits for the disk, and remembers when the disk failed.
 *
 * From a failure on nothing counts as durable until all of it was written again.
 */
export class WalFile {
  readonly #path: string;
  readonly #alone: Alone;
  /**
   * One descriptor for each way to wait: the kernel tells a failure once to each, and what one of them was told in another
   * thread the other must hear too.
   */
  #files: { readonly now: number; readonly later: number } | null = null;
  #before: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;
  #doubtful = false;
  #failures = 0;

  /** @param path - Of the database. */
  constructor(path: string, alone: Alone) {
    this.#path = path;
    this.#alone = alone;
  }

  /** Whether the disk failed and what was written is not durable for certain. */
  get doubtful(): boolean {
    return this.#doubtful;
  }

  /** How often the disk failed since this was opened. */
  get failures(): number {
    return this.#failures;
  }

  /** Opens the file before something is written, so that no failure to write it back goes unheard. */
  open(): { readonly now: number; readonly later: number } {
    const path = `${this.#path}-wal`;
    this.#files ??= { now: openSync(path, "r+"), later: openSync(path, "r+") };
    return this.#files;
  }

  /** Notes that the disk did not take something. */
  doubt(): void {
    this.#doubtful = true;
    this.#failures += 1;
  }

  /** Waits for the disk. */
  sync(): void {
    if (!this.#doubtful) {
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
    if (this.#doubtful) this.rewrite();
  }

  /** Writes everything again. Tried twice, since a descriptor may have an older failure to tell. */
  rewrite(): void {
    this.#doubtful = true;
    const { now } = this.open();
    this.#alone(() => {
      try {
        rewriteWal(this.#path, now);
      } catch {
        rewriteWal(this.#path, now);
      }
    });
    this.#doubtful = false;
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
      if (this.#doubtful && this.#closed) throw cause;
      this.makeSure();
    } finally {
      this.#waiting -= 1;
      if (this.#closed) this.close();
    }
  }
}
