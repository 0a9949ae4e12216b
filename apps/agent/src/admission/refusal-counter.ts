import type { Store } from "../keystore/store.ts";
import type { Clock } from "../self-check/clock.ts";

const FLUSH_MS = 5_000;
/** How long refusals that nobody's approval stood behind are kept, in minutes. */
const KEPT_MINUTES = 90 * 24 * 60;

/** Refusals by code and minute: what anybody can cause gets a counter, never an entry of its own. */
export class RefusalCounter {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #counts = new Map<string, { code: string; minute: number; count: number }>();
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  count(code: string): void {
    const minute = Math.floor(this.#clock.now() / 60);
    const key = `${minute}/${code}`;
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { code, minute, count: before + 1 });
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Counts so far, by code and minute. */
  all(): { readonly code: string; readonly minute: number; readonly count: number }[] {
    this.flush();
    return this.#store.refusals();
  }

  /** Writes what was counted. A store that does not take it keeps the counts here. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#counts.size === 0) return;
    try {
      const now = Math.floor(this.#clock.now() / 60);
      this.#store.countRefusals([...this.#counts.values()], now - KEPT_MINUTES);
      this.#counts.clear();
    } catch {
      this.#timer = setTimeout(() => this.flush(), FLUSH_MS).unref();
    }
  }
}
