import type { ClockGuard } from "../self-check/clock.ts";

/** The judged time is read anew after this many milliseconds: nothing here is a matter of fractions of a second. */
const KEPT_MS = 250;

/** The agent's judged time, cheap enough to be asked at every request. */
export class CoarseClock {
  readonly #guard: ClockGuard;
  #time = 0;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(guard: ClockGuard) {
    this.#guard = guard;
  }

  /** Unix seconds. */
  now(): number {
    const monotonic = performance.now();
    if (monotonic - this.#readAt >= KEPT_MS) {
      this.#time = this.#guard.time();
      this.#readAt = monotonic;
    }
    return this.#time;
  }

  /** The same to the second, for what the custody log dates. */
  exact(): number {
    return this.#guard.time();
  }
}
