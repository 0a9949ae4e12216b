const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/;
/** The first second of the year 0 and of the year 10000: what ISO 8601 writes with four digits. */
const FIRST = -62_167_219_200;
const AFTER = 253_402_300_800;

/** POSIX microseconds of an ISO 8601 date and time with an offset, or null. */
export function microsecondsFromIso(text: string): bigint | null {
  const [, local, fraction = "", sign, hours = "0", minutes = "0"] = ISO.exec(text) ?? [];
  if (local === undefined) return null;
  const milliseconds = Date.parse(`${local}Z`);
  // Date.parse moves 30 February to March: only what comes out as it went in is a date.
  if (!Number.isFinite(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) !== local) return null;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === "-" ? -1 : 1);
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  return BigInt(milliseconds / 1000 - offset) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

/** POSIX seconds as ISO 8601 in UTC, or null for a year that has not four digits. */
export function isoFromSeconds(seconds: number): string | null {
  if (seconds < FIRST || seconds >= AFTER) return null;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}+00:00`;
}

/** POSIX microseconds as ISO 8601 in UTC, or null for a year that has not four digits. */
export function isoFromMicroseconds(microseconds: bigint): string | null {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = isoFromSeconds(Number((microseconds - fraction) / 1_000_000n));
  return seconds === null ? null : seconds.replace("+", `.${fraction.toString().padStart(6, "0")}+`);
}
