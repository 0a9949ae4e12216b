/** A moment (Unix seconds) as the reader's own clock shows it. */
export function showMoment(unixSeconds: number): string {
  const moment = new Date(unixSeconds * 1000);
  const sameDay = moment.toDateString() === new Date().toDateString();
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (sameDay) return `today ${time}`;
  return `${moment.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" })}, ${time}`;
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
