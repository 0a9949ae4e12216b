import { expect, test } from "vitest";
import { periodEnds } from "./cryptoperiods.ts";

const DAY = 86_400;

test("rotation is due at the end of the first period, and never for a time when the key protects nothing any more", () => {
  const dates = { activated: 0, cryptoperiodSec: 9 * DAY, originatorSec: 10 * DAY };
  expect(periodEnds(dates, 0)).toEqual({ originator: 10 * DAY, due: 9 * DAY });
  for (const planned of ["deactivation", "protectStop"] as const) {
    expect(periodEnds({ ...dates, [planned]: 9 * DAY + 1 }, 0).due).toBe(9 * DAY);
    expect(periodEnds({ ...dates, [planned]: 9 * DAY }, 0)).toEqual({ originator: 10 * DAY });
  }
});
