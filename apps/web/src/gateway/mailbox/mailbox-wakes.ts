import { CHANNELS, type EventListener } from "@holdfast/db";

/** Wakes requests that wait for mail of an environment. */
export class MailboxWakes {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stop: () => void;

  constructor(events: EventListener) {
    this.#stop = events.on(CHANNELS.mailbox, (payload) => this.#hear(payload));
  }

  /** Resolves when there may be mail, when the time is over or when the signal ends it. */
  wait(environmentId: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const all = this.#waiting.get(environmentId) ?? new Set();
      this.#waiting.set(environmentId, all);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        all.delete(done);
        if (all.size === 0 && this.#waiting.get(environmentId) === all) this.#waiting.delete(environmentId);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      all.add(done);
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
  }

  close(): void {
    this.#stop();
  }

  #hear(payload: string): void {
    const wanted = environmentOf(payload);
    for (const [environmentId, all] of this.#waiting) {
      if (wanted === null || wanted === environmentId) for (const wake of [...all]) wake();
    }
  }
}

/** Whose mail a payload is about; null when it does not say, and everybody looks. */
function environmentOf(payload: string): string | null {
  try {
    const value: unknown = JSON.parse(payload);
    const isNamed = typeof value === "object" && value !== null && "environmentId" in value;
    return isNamed && typeof value.environmentId === "string" ? value.environmentId : null;
  } catch {
    return null;
  }
}
