/** A stored 64-bit count or time as a number; all that is stored fits one. */
export function findNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

/** A time of this server as Unix seconds. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** The same, where there may be none. */
export function findSeconds(date: Date | null): number | null {
  return date === null ? null : secondsOf(date);
}
