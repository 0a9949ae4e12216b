import { uptime } from "node:os";
import { runningTime } from "./uptime-clock.ts";

/**
 * The agent's two clocks. Every class that needs time takes this, so that tests and the clock check decide it.
 */
export interface Clock {
  /** Wall clock, Unix seconds. May step; never trusted alone for a delay. */
  now(): number;
  /** Milliseconds that only ever grow while this machine runs. */
  monotonic(): number;
}

/** The clocks of this machine. The monotonic one counts suspension too, so that a laptop's sleep is no clock step. */
export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1000),
  monotonic: runningTime({ uptime, wall: Date.now, running: () => performance.now() }),
};

/** How far the wall clock may leave the monotonic estimate, or fall behind the log, before it is not believed. */
export const CLOCK_STEP_SECONDS = 120;

/** What is wrong with the wall clock: it runs ahead of the running time, or behind the newest log entry. */
export type ClockAlarm = "ahead" | "behind";

/**
 * Judges the wall clock by the machine's running time and by the newest entry of the custody log.
 *
 * A step forward is answered with an estimate that goes on from the last believed time, so that a spoofed time server
 * can neither date entries in the future nor, once it is gone, leave the log ahead of the clock. The alarm ends when
 * the clock comes back, when administrators take the clock as right ({@link accept}), and, where it ran ahead, with a
 * restart by whoever runs the host.
 */
export class ClockGuard {
  readonly #clock: Clock;
  #wall: number;
  #monotonic: number;
  #newest = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** Takes note of an entry's time: no later entry is dated before it. */
  noteEntry(ts: number): void {
    if (ts > this.#newest) this.#newest = ts;
  }

  /** The time to judge by and to date entries with: never before the newest entry, never past the estimate's bound. */
  time(): number {
    const now = this.#clock.now();
    const estimate = this.#estimate();
    if (now > estimate + CLOCK_STEP_SECONDS) return Math.max(estimate, this.#newest);
    this.#follow(now, estimate);
    return Math.max(now, this.#newest);
  }

  /** Null while the wall clock is believed. */
  alarm(): ClockAlarm | null {
    const now = this.#clock.now();
    if (now > this.#estimate() + CLOCK_STEP_SECONDS) return "ahead";
    return now < this.#newest - CLOCK_STEP_SECONDS ? "behind" : null;
  }

  /**
   * Believes the wall clock as it is now, also where it is behind the newest entry.
   *
   * Caller must: have the administrators' word for it, and write the entry that says so.
   * @returns what takes it back, for an entry that could not be written
   */
  accept(): () => void {
    const before = [this.#wall, this.#monotonic, this.#newest] as const;
    [this.#wall, this.#monotonic, this.#newest] = [this.#clock.now(), this.#clock.monotonic(), this.#clock.now()];
    return () => {
      [this.#wall, this.#monotonic, this.#newest] = before;
    };
  }

  /** What the wall clock says, whether believed or not. */
  wall(): number {
    return this.#clock.now();
  }

  #estimate(): number {
    return this.#wall + Math.floor((this.#clock.monotonic() - this.#monotonic) / 1000);
  }

  /** Lets the estimate follow a believed clock by at most one second a minute: nobody walks it away in small steps. */
  #follow(now: number, estimate: number): void {
    const monotonic = this.#clock.monotonic();
    if (monotonic - this.#monotonic < 60_000) return;
    this.#wall = estimate + Math.max(-1, Math.min(1, now - estimate));
    this.#monotonic = monotonic;
  }
}
