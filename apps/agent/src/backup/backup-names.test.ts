import { expect, test } from "vitest";
import { backupName, expiredBackups } from "./backup-names.ts";

const TID = "abcdefghijklmnopqrstuvwxye";
const DAY = 86_400;
const NOW = 1_800_000_000;
const daysAgo = (days: number) => backupName(TID, NOW - days * DAY);

test("keeps the newest, and all that are young; removes the rest", () => {
  const [today, week, month, year] = [daysAgo(0), daysAgo(7), daysAgo(31), daysAgo(365)];
  const names = [year, week, today, month];
  expect(expiredBackups(names, TID, { last: 1, days: 10 }, NOW)).toEqual([month, year]);
  expect(expiredBackups(names, TID, { last: 3, days: 0 }, NOW)).toEqual([year]);
  expect(expiredBackups(names, TID, { last: 1, days: 366 }, NOW)).toEqual([]);
});

test("never removes what is not a backup of this domain", () => {
  const other = backupName(`${"b".repeat(25)}a`, NOW - 400 * DAY);
  const names = [daysAgo(0), other, "holidays.jpg", `${daysAgo(400)}.part`, `x${daysAgo(400)}`];
  expect(expiredBackups(names, TID, { last: 1, days: 0 }, NOW)).toEqual([]);
});

test("removes what a transfer left that was cut off, once none can be under way", () => {
  const [now, old] = [`${daysAgo(0)}.partial`, `${daysAgo(2)}.partial`];
  expect(expiredBackups([now, old, daysAgo(3)], TID, { last: 1, days: 0 }, NOW)).toEqual([old]);
});
