import { StoreError } from "../keystore/errors.ts";
import type { Change, ChangeWrite, PreparedChange } from "./change.ts";

/** Most changes of one transaction, so that nobody waits long for others. */
const MOST_TOGETHER = 256;

interface Waiting {
  readonly change: Change<unknown>;
  resolve(value: unknown): void;
  reject(cause: unknown): void;
}

/** Told once, when the writes are durable, or why they are not. */
export type Settled = (cause?: unknown) => void;

/**
 * Makes the writes durable, all of them or none, and takes them into memory. It may throw before anything is written, and
 * says the rest by `settled`, at once or later.
 */
type Commit = (writes: readonly ChangeWrite[], settled: Settled) => void;

/**
 * Gathers the changes of one turn of the event loop, and all that come while the disk takes those before, into one
 * transaction.
 *
 * Each caller's promise resolves when its change is durable, and not before. A change that refuses itself, or cannot be
 * written, spoils no other; a store that does not take the transaction refuses them all. Changes about the same thing go into different
 * transactions, in the order in which they came.
 */
export class GroupCommit {
  readonly #commit: Commit;
  #waiting: Waiting[] = [];
  #planned = false;
  /** Transactions that the disk has not taken yet. While there is one, what comes shares the next, and so the price of one. */
  #unsettled = 0;

  constructor(commit: Commit) {
    this.#commit = commit;
  }

  /** Hands in a change for this turn's transaction. */
  submit<T>(change: Change<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ change, resolve: resolve as (value: unknown) => void, reject });
      this.#plan();
    });
  }

  /** Carries out everything that waits, now: before the keys that sign the log go away. */
  flush(): void {
    while (this.#waiting.length > 0) this.#turn();
  }

  #plan(): void {
    if (this.#planned || this.#unsettled > 0) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      if (this.#unsettled > 0) return;
      this.#turn();
      if (this.#waiting.length > 0) this.#plan();
    });
  }

  #turn(): void {
    const together: { waiting: Waiting; prepared: PreparedChange<unknown> }[] = [];
    const later: Waiting[] = [];
    const touched = new Set<string>();
    const read = new Set<string>();
    for (const waiting of this.#waiting) {
      const { touches, reads = [] } = waiting.change;
      const free =
        together.length < MOST_TOGETHER &&
        !touches.some((each) => touched.has(each) || read.has(each)) &&
        !reads.some((each) => touched.has(each));
      // What has to wait keeps its place before later changes about the same thing.
      for (const each of touches) touched.add(each);
      for (const each of reads) read.add(each);
      if (!free) later.push(waiting);
      else this.#prepare(waiting, together);
    }
    this.#waiting = later;
    if (together.length > 0) this.#carryOut(together);
  }

  #prepare(waiting: Waiting, together: { waiting: Waiting; prepared: PreparedChange<unknown> }[]): void {
    try {
      together.push({ waiting, prepared: waiting.change.prepare() });
    } catch (cause) {
      waiting.reject(cause);
    }
  }

  #carryOut(together: readonly { waiting: Waiting; prepared: PreparedChange<unknown> }[]): void {
    const writes = together.flatMap(({ prepared }) => prepared.writes);
    this.#unsettled += 1;
    try {
      this.#commit(writes, (cause) => {
        this.#unsettled -= 1;
        this.#answer(together, cause);
        if (this.#waiting.length > 0) this.#plan();
      });
    } catch (cause) {
      this.#unsettled -= 1;
      // What the store takes from nobody is refused to all; what cannot be written of one change is its own fault.
      if (together.length > 1 && !(cause instanceof StoreError)) for (const each of together) this.#carryOut([each]);
      else for (const { waiting } of together) waiting.reject(cause);
    }
  }

  #answer(together: readonly { waiting: Waiting; prepared: PreparedChange<unknown> }[], cause: unknown): void {
    if (cause !== undefined) {
      for (const { waiting } of together) waiting.reject(cause);
      return;
    }
    for (const { waiting, prepared } of together) {
      try {
        waiting.resolve(prepared.result());
      } catch (cause) {
        waiting.reject(cause);
      }
    }
  }
}
