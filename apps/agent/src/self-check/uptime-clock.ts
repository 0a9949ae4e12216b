/** The time since the machine's start, which is a file to be read, and two clocks that cost nothing. */
export interface UptimeSources {
  /** Seconds since the machine's start, suspension included. */
  readonly uptime: () => number;
  /** Unix milliseconds; may step. */
  readonly wall: () => number;
  /** Milliseconds that go on while the machine is awake, and stand still while it is suspended. */
  readonly running: () => number;
}

/** The uptime is read anew after so long, and whenever the two other clocks disagree by so much about the time since. */
const KEPT_MS = 1_000;
const DISAGREE_MS = 20;

/**
 * Milliseconds since the machine's start, suspension included, that only ever grow.
 *
 * Between two readings of the uptime the running clock counts. A suspension or a step of the wall clock is a disagreement of
 * the wall clock with the running one, and the uptime is read at once.
 */
export function runningTime({ uptime, wall, running }: UptimeSources): () => number {
  let [read, at, wallAt, newest] = [0, Number.NEGATIVE_INFINITY, 0, 0];
  return () => {
    const [now, wallNow] = [running(), wall()];
    const passed = now - at;
    if (!(passed < KEPT_MS) || Math.abs(wallNow - wallAt - passed) > DISAGREE_MS) {
      [read, at, wallAt] = [uptime() * 1000, now, wallNow];
      newest = Math.max(newest, read);
    } else newest = Math.max(newest, read + passed);
    return newest;
  };
}
