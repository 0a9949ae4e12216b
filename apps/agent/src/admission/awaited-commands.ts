import type { Decided } from "./decided.ts";

/** Command lines that wait for the end of a command they proposed. */
export class AwaitedCommands {
  readonly #waiting = new Map<string, (decided: Decided) => void>();

  /**
   * Resolves when the command has ended; when the one who asked is gone, or the agent is sealed, as still pending.
   *
   * @param signal - Aborts when the one who asked is gone: a new client's files must not go to nobody.
   */
  wait(hash: string, signal?: AbortSignal): Promise<Decided> {
    return new Promise((resolve) => {
      const stop = () => this.settle({ hash, outcome: "pending" });
      this.#waiting.set(hash, (decided) => {
        signal?.removeEventListener("abort", stop);
        resolve(decided);
      });
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    });
  }

  /** Tells whoever waits; true when somebody did. */
  settle(decided: Decided): boolean {
    const tell = this.#waiting.get(decided.hash);
    this.#waiting.delete(decided.hash);
    tell?.(decided);
    return tell !== undefined;
  }

  /** Lets everybody go. */
  close(): void {
    for (const hash of [...this.#waiting.keys()]) this.settle({ hash, outcome: "pending" });
  }
}
