import { describe, expect, it, vi } from "vitest";
import { showDue, showDuration, showMoment } from "./time.ts";

// Before the module makes its formats.
vi.hoisted(() => {
  process.env["TZ"] = "Europe/Berlin";
});

const at = (...[year, month, day, hour, minute]: [number, number, number, number, number]) =>
  new Date(year, month - 1, day, hour, minute).getTime() / 1000;

describe("a moment", () => {
  const now = at(2026, 11, 30, 23, 50);

  it.each([
    [at(2026, 11, 30, 9, 14), "today 09:14 CET"],
    [at(2026, 11, 30, 0, 5), "today 00:05 CET"],
    [at(2026, 12, 1, 0, 10), "tomorrow 00:10 CET"],
    [at(2026, 11, 29, 23, 59), "29 Nov 2026, 23:59 CET"],
    [at(2027, 1, 3, 16, 42), "3 Jan 2027, 16:42 CET"],
    [at(2027, 7, 3, 16, 42), "3 Jul 2027, 16:42 CEST"],
  ])("is shown by the reader's clock with its zone: %d", (moment, shown) => {
    expect(showMoment(moment, now)).toBe(shown);
  });
});

describe("when something runs that waits", () => {
  const now = at(2026, 11, 30, 9, 0);

  it.each([
    [now - 1, "any moment now"],
    [now, "any moment now"],
    [now + 20, "today 09:00 CET, in 1 minute"],
    [now + 3_600, "today 10:00 CET, in 60 minutes"],
    [now + 86_390, "tomorrow 08:59 CET, in 24 hours"],
    [now + 3 * 86_400 - 30, "3 Dec 2026, 08:59 CET, in 3 days"],
  ])("is said with how long that still is: %d", (due, said) => {
    expect(showDue(due, now)).toBe(said);
  });
});

describe("a length of time", () => {
  it.each([
    [1, "1 second"],
    [60, "1 minute"],
    [90, "90 seconds"],
    [3_600, "1 hour"],
    [86_400, "1 day"],
    [90_000, "25 hours"],
    [259_200, "3 days"],
  ])("of %d seconds is shown in the largest unit that fits", (seconds, shown) => {
    expect(showDuration(seconds)).toBe(shown);
  });
});
