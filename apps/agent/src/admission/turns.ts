import { AdmissionError } from "./errors.ts";

/** One thing after the other, in the order in which it was asked for. */
export class Turns {
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Runs `work` when everything before it is over. @throws {@link AdmissionError} `E_SEALED` once closed */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(() => {
      if (this.#closed) throw new AdmissionError("E_SEALED");
      return work();
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Takes nothing more; what is under way goes on. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves when what was asked for before is over. */
  async settled(): Promise<void> {
    await this.#queue;
  }
}
