/** What a schedule may do by itself. Destroying, exporting and releasing are never among it. */
export const SCHEDULED_DEEDS = ["rotate", "deactivate", "notify"] as const;

/** What a schedule does. */
export type ScheduledDeed = (typeof SCHEDULED_DEEDS)[number];

/** Shortest time between two runs, in seconds: a day. */
export const SHORTEST_INTERVAL_SECONDS = 86_400;

/** What recurs: when it is next due, how often, and how often it has run. */
export interface Recurrence {
  readonly everySec: number;
  /** Unix seconds. */
  readonly next: number;
  /** Runs so far. */
  readonly n: number;
}

/** One run of what recurs. */
export interface Run<R extends Recurrence = Recurrence> {
  /** Number of this run, from 1. */
  readonly n: number;
  /** Runs before it that nobody made up for: the agent was off, locked, or the key could not take them. */
  readonly missed: number;
  /** The recurrence once this run is done. */
  readonly after: R;
}

/**
 * The run that is due at a time, or null. However many were missed, there is one run, and the next is in step again.
 */
export function runDueAt<R extends Recurrence>(recurrence: R, now: number): Run<R> | null {
  const { next, everySec, n } = recurrence;
  if (now < next) return null;
  const missed = Math.floor((now - next) / everySec);
  return { n: n + 1, missed, after: { ...recurrence, n: n + 1, next: next + (missed + 1) * everySec } };
}
