/**
 * The agent's two clocks. Every class that needs time takes this, so that tests and the clock check decide it.
 */
export interface Clock {
  /** Wall clock, Unix seconds. May step; never trusted alone for a delay. */
  now(): number;
  /** Milliseconds that only ever grow while this process runs. */
  monotonic(): number;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1000),
  monotonic: () => performance.now(),
};
