const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/**
 * A moment as the reader's own clock shows it, with its zone: what stands in signed bytes is shown in UTC on the same page. "today
 * 16:42 CET", "28 Nov 2026, 16:42 CET".
 *
 * @param unixSeconds - The moment.
 * @param now - The present, Unix seconds.
 */
export function showMoment(unixSeconds: number, now: number = Date.now() / 1000): string {
  const moment = new Date(unixSeconds * 1000);
  const today = new Date(now * 1000);
  const nextDay = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1);
  const time = TIME.format(moment);
  if (moment.toDateString() === today.toDateString()) return `today ${time}`;
  if (moment.toDateString() === nextDay.toDateString()) return `tomorrow ${time}`;
  return `${DAY.format(moment)}, ${time}`;
}

/** The day of a moment, for paper: "28 Nov 2026". */
export function showDay(unixSeconds: number): string {
  return DAY.format(new Date(unixSeconds * 1000));
}

/** The time of day of a moment: "16:42 CET". */
export function showTime(unixSeconds: number): string {
  return TIME.format(new Date(unixSeconds * 1000));
}

/** When something runs that waits, and how long that still is: "tomorrow 16:42 CET, in 23 hours". */
export function showDue(unixSeconds: number, now: number): string {
  const left = unixSeconds - now;
  if (left <= 0) return "any moment now";
  const [size, name] = left >= 2 * 86_400 ? [86_400, "day"] : left >= 5_400 ? [3_600, "hour"] : [60, "minute"];
  const count = Math.max(1, Math.round(left / size));
  return `${showMoment(unixSeconds, now)}, in ${count} ${name}${count === 1 ? "" : "s"}`;
}

/** A length of time in seconds, in the largest unit that fits it. */
export function showDuration(seconds: number): string {
  const units: readonly [number, string][] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  const [size, name] = units.find(([unit]) => seconds >= unit && (seconds % unit === 0 || seconds >= 2 * unit)) ?? [
    1,
    "second",
  ];
  const count = Math.round(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
