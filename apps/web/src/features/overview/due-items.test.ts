import { describe, expect, test } from "vitest";
import { type DueKey, dueItemsOf } from "./due-items.ts";

const NOW = 1_900_000_000;
const DAY = 86_400;
const KEY: DueKey = {
  ...{ state: "active", endsAt: null, planned: {}, cryptoperiodSec: null, ownerClient: null },
  ...{ limitSpent: null, opensUntil: null },
};
const times = (key: Partial<DueKey>) => dueItemsOf({ ...KEY, ...key }, NOW).map(({ at }) => at);
const limited = (total: number, limitSpent: number | null) =>
  dueItemsOf({ ...KEY, planned: { limit: { unit: "object", total } }, limitSpent }, NOW);

describe("what comes about with a key", () => {
  test("is every date that is planned for it and has not passed", () => {
    const planned = { protectStop: NOW + DAY, deactivation: NOW + 2 * DAY };
    expect(times({ planned })).toEqual([NOW + DAY, NOW + 2 * DAY]);
    expect(times({ planned: { protectStop: NOW, deactivation: NOW - 1 } })).toEqual([]);
    expect(times({ state: "pre-active", planned: { activation: NOW + 1 } })).toEqual([NOW + 1]);
    expect(times({ state: "deactivated", planned })).toEqual([]);
  });

  test("is the end of its periods, of protecting as of opening, and its schedules' next runs", () => {
    const schedule = { id: "s", does: "rotate", everySec: DAY, next: NOW + 5, n: 0 } as const;
    const key = {
      endsAt: NOW + DAY,
      opensUntil: NOW + 9 * DAY,
      planned: { schedules: [schedule], originatorSec: DAY },
    };
    expect(dueItemsOf({ ...KEY, ...key }, NOW)).toEqual([
      { what: "protects nothing from then on: rotate it", at: NOW + DAY },
      { what: "rotates by its schedule", at: NOW + 5 },
      { what: "what it protected longest ago opens no more from then on", at: NOW + 9 * DAY },
    ]);
  });

  test("is no rotation and no run of a schedule for a time after it is retired or protects nothing new", () => {
    const schedule = { id: "s", does: "rotate", everySec: DAY, next: NOW + 5 * DAY, n: 0 } as const;
    const key = { endsAt: NOW + 4 * DAY, cryptoperiodSec: DAY };
    expect(times({ ...key, planned: { deactivation: NOW + 3 * DAY, schedules: [schedule] } })).toEqual([NOW + 3 * DAY]);
    expect(times({ ...key, planned: { protectStop: NOW + 4 * DAY } })).toEqual([NOW + 4 * DAY]);
    expect(times({ ...key, planned: { deactivation: NOW + 5 * DAY } })).toEqual([NOW + 4 * DAY, NOW + 5 * DAY]);
  });

  test("is its usage limit from 80 % on, and not below, nor where nothing of it was told", () => {
    expect([limited(10, 7), limited(10, null), limited(1_000_000, 799_999)]).toEqual([[], [], []]);
    expect(limited(10, 8)).toEqual([{ what: expect.stringMatching(/nearly spent/), at: null, left: "20 % left" }]);
    expect(limited(3, 3)).toEqual([{ what: expect.stringMatching(/given out/), at: null, left: "0 % left" }]);
  });
});
