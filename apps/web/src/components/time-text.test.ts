import { describe, expect, test } from "vitest";
import { showAge, showDuration } from "./time-text.ts";

const HOUR = 3_600;
const DAY = 86_400;

describe("a duration", () => {
  test.each([
    [40, "40 s"],
    [59, "59 s"],
    [60, "1 min"],
    [22 * HOUR, "22 h"],
    [DAY + HOUR, "1 day"],
  ])("of %i s reads %s", (seconds, text) => {
    expect(showDuration(seconds)).toBe(text);
  });

  test("that has just begun to run is said as it was set", () => {
    expect(showDuration(3 * DAY - 5)).toBe("3 days");
    expect(showDuration(365 * DAY - 60)).toBe("365 days");
    expect(showDuration(DAY - 60)).toBe("1 day");
    expect(showDuration(HOUR - 2)).toBe("1 h");
  });

  test("is not rounded up before it is nearly full", () => {
    expect(showDuration(2.9 * DAY)).toBe("2 days");
    expect(showDuration(50 * 60)).toBe("50 min");
  });

  test("as an age says which way it points", () => {
    expect([showAge(2), showAge(120), showAge(-2 * HOUR)]).toEqual(["just now", "2 min ago", "in 2 h"]);
  });
});
