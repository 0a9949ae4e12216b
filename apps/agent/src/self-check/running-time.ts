import type { Clock } from "./clock.ts";

/** The most that one look at the clock adds: a machine that slept was not running, and could not have been stopped. */
const LONGEST_STEP_SECONDS = 120;

/**
 * The agent's accumulated running time in seconds: what delays are counted in, since no clock can be turned forward
 * to shorten it.
 *
 * Caller must: call {@link take} at least each minute, and persist what it returns.
 */
export class RunningTime {
  readonly #clock: Clock;
  #seconds: number;
  #last: number;

  constructor(clock: Clock, seconds: number) {
    this.#clock = clock;
    this.#seconds = seconds;
    this.#last = clock.monotonic();
  }

  /** Adds the time since the last call and returns the sum. */
  take(): number {
    const now = this.#clock.monotonic();
    this.#seconds += Math.min(Math.max(0, (now - this.#last) / 1000), LONGEST_STEP_SECONDS);
    this.#last = now;
    return Math.floor(this.#seconds);
  }
}
