/** The host's two clocks and what an agent makes of them, as the specification says it. */
export interface ModelClock {
  /** The host's wall clock, Unix seconds, and the seconds the host has run. */
  wall: number;
  ran: number;
  /** The last believed time, and when it was believed. */
  believed: number;
  believedAt: number;
  /** Time of the newest entry. */
  newest: number;
  /** The agent's running time: what delays count, at most two minutes a look; and what a restart goes on from. */
  running: number;
  lookedAt: number;
  kept: number;
}

const STEP = 120;

export function startClock(wall: number): ModelClock {
  return { wall, ran: 0, believed: wall, believedAt: 0, newest: 0, running: 0, lookedAt: 0, kept: 0 };
}

function estimate({ believed, ran, believedAt }: ModelClock): number {
  return believed + Math.floor(ran - believedAt);
}

/** Null while the wall clock is believed. */
export function alarmOf(clock: ModelClock): "ahead" | "behind" | null {
  if (clock.wall > estimate(clock) + STEP) return "ahead";
  return clock.wall < clock.newest - STEP ? "behind" : null;
}

/** The time that entries get. Looking lets the estimate follow a believed clock by a second a minute. */
export function timeOf(clock: ModelClock): number {
  const expected = estimate(clock);
  if (clock.wall > expected + STEP) return Math.max(expected, clock.newest);
  if (clock.ran - clock.believedAt >= 60) {
    clock.believed = expected + Math.max(-1, Math.min(1, clock.wall - expected));
    clock.believedAt = clock.ran;
  }
  return Math.max(clock.wall, clock.newest);
}

/** Looks at the running time. */
export function runningOf(clock: ModelClock): number {
  clock.running += Math.min(STEP, clock.ran - clock.lookedAt);
  clock.lookedAt = clock.ran;
  return clock.running;
}

/** An agent starts: it believes the wall clock again, and goes on from the running time that was kept. */
export function restartClock(clock: ModelClock, newest: number): void {
  clock.believed = clock.wall;
  clock.believedAt = clock.ran;
  clock.newest = newest;
  clock.running = clock.kept;
  clock.lookedAt = clock.ran;
}
