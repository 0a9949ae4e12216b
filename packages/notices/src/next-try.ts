/** How long after each failed try the next one comes, in seconds: eight tries within a day and a half, then no more. */
const PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400] as const;
/** Up to this share is added, so that receivers that were down are not met by everything at once. */
const JITTER = 0.2;

/** Most tries of one delivery. */
export const MOST_TRIES = PAUSES.length + 1;

/**
 * When a delivery that failed is tried again; null once it has been tried often enough.
 *
 * @param tries - How often it has been tried, this one included.
 * @param random - 0 to 1.
 */
export function nextTryAfter(tries: number, random: number = Math.random()): number | null {
  const pause = PAUSES[tries - 1];
  return pause === undefined ? null : Math.round(pause * (1 + JITTER * random));
}
