const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

/** `40 s ago`, `2 min ago`, `3 days ago`; the future reads `in 3 days`. */
export function showAge(seconds: number): string {
  if (seconds < -5) return `in ${showDuration(-seconds)}`;
  if (seconds < 5) return "just now";
  return `${showDuration(seconds)} ago`;
}

/** Days and hours that are full but for a twentieth count as full: a request of three days runs out in 3 days. */
const NEARLY = 0.05;

/** `40 s`, `5 min`, `22 h`, `3 days`. */
export function showDuration(seconds: number): string {
  for (const [size, unit] of UNITS) {
    const count = Math.floor(seconds / size + (unit === "minute" ? 0 : NEARLY));
    if (count < 1) continue;
    if (unit === "day") return `${count} ${count === 1 ? "day" : "days"}`;
    return `${count} ${unit === "hour" ? "h" : "min"}`;
  }
  return `${Math.max(0, Math.floor(seconds))} s`;
}

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const LONG = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  ...{ day: "numeric", month: "short", year: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
} as const);
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** A moment in Unix seconds as a person writes it. */
export function showDate(at: number, form: "short" | "long" | "moment" | "exact" | "clock" = "short"): string {
  const format = { short: SHORT, long: LONG, moment: MOMENT, exact: EXACT, clock: CLOCK }[form];
  return format.format(at * 1000);
}

/** The clock time today, the date before. */
export function showWhen(at: number, now: number): string {
  return new Date(at * 1000).toDateString() === new Date(now * 1000).toDateString()
    ? showDate(at, "clock")
    : showDate(at);
}
