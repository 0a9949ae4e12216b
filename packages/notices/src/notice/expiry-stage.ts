const DAY = 86_400;
/** How many days before an end it is told, the end's own day included. */
const STAGES = [0, 1, 7, 30] as const;
/** How long something that has ended is still told of. */
const OVER_DAYS = 7;

/** How early the first of these is, in seconds. */
export const EXPIRY_SECONDS = 30 * DAY;

/**
 * The stage of something that ends: 30, 7, 1 or 0 days before; null while there is time, and once it is old news. By calendar
 * days (UTC), so that what ends on one day is told together.
 */
export function expiryStage(at: number, now: number): number | null {
  const daysLeft = Math.floor(at / DAY) - Math.floor(now / DAY);
  if (daysLeft < -OVER_DAYS) return null;
  return STAGES.find((stage) => daysLeft <= stage) ?? null;
}
