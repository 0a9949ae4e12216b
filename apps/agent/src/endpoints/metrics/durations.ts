/** Upper bounds of duration histograms, seconds. */
export const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1, 10] as const;

/** How long things took. */
export interface Durations {
  readonly buckets: number[];
  seconds: number;
  count: number;
}

export function durations(): Durations {
  return { buckets: BUCKETS.map(() => 0), seconds: 0, count: 0 };
}

export function noteDuration(into: Durations, milliseconds: number): void {
  const seconds = milliseconds / 1000;
  into.seconds += seconds;
  into.count += 1;
  const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
  if (bucket !== -1) into.buckets[bucket] = (into.buckets[bucket] ?? 0) + 1;
}
