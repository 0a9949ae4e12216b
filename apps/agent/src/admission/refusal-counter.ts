import type { Store } from "../keystore/store.ts";
import type { Clock } from "../self-check/clock.ts";

const FLUSH_MS = 5_000;
/** How long refusals that nobody's approval stood behind are kept, in minutes. */
const KEPT_MINUTES = 90 * 24 * 60;

const RECENT_MINUTES = 60;

/**
 * Refusals by code and minute: what anybody can cause gets a counter, never an entry of its own.
 *
 * Minutes follow the running time from the start on, so that whoever turns the clock neither dates counts away nor has
 * older ones thrown away.
 */
export class RefusalCounter {
  readonly #store: Store;
  readonly #clock: Clock;
  /** The wall clock at the start, with the running time already taken off. */
  readonly #start: number;
  readonly #counts = new Map<string, { code: string; minute: number; count: number }>();
  /** Counts of the last minutes, for whoever watches; by minute, then by code. */
  readonly #recent = new Map<number, Map<string, number>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#start = clock.now() - clock.monotonic() / 1000;
  }

  count(code: string): void {
    const minute = this.#minute();
    const key = `${minute}/${code}`;
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { code, minute, count: before + 1 });
    const now = this.#recent.get(minute) ?? new Map<string, number>();
    this.#recent.set(minute, now.set(code, (now.get(code) ?? 0) + 1));
    for (const each of this.#recent.keys()) if (each <= minute - RECENT_MINUTES) this.#recent.delete(each);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** How often each code was counted within so many minutes, at most an hour; what was before this start is not in it. */
  recent(minutes: number): ReadonlyMap<string, number> {
    const since = this.#minute() - minutes;
    const sums = new Map<string, number>();
    for (const [minute, codes] of this.#recent)
      if (minute > since) for (const [code, count] of codes) sums.set(code, (sums.get(code) ?? 0) + count);
    return sums;
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
      this.#store.countRefusals([...this.#counts.values()], this.#minute() - KEPT_MINUTES);
      this.#counts.clear();
    } catch {
      this.#timer = setTimeout(() => this.flush(), FLUSH_MS).unref();
    }
  }

  #minute(): number {
    return Math.floor((this.#start + this.#clock.monotonic() / 1000) / 60);
  }
}
