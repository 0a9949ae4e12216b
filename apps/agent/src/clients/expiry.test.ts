import { expect, test } from "vitest";
import { expiryOf } from "./expiry.ts";

const DAY = 86_400;
const NOW = 1_800_000_000;

test.each([
  [31 * DAY, 31, null],
  [30 * DAY, 30, null],
  [30 * DAY - 1, 29, 30],
  [14 * DAY, 14, 30],
  [14 * DAY - 1, 13, 14],
  [7 * DAY - 1, 6, 7],
  [1, 0, 7],
  [-1, -1, 0],
])("an end in %i seconds is %i days away, and spoken of as within %s", (seconds, daysLeft, within) => {
  expect(expiryOf(NOW + seconds, NOW)).toEqual({ notAfter: NOW + seconds, daysLeft, within });
});
