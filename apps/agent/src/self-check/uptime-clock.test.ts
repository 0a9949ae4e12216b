import { expect, test } from "vitest";
import { runningTime } from "./uptime-clock.ts";

function machine() {
  const at = { uptime: 100_000, wall: 1_000_000_000, running: 5_000, reads: 0 };
  const time = runningTime({
    uptime: () => {
      at.reads += 1;
      return at.uptime / 1000;
    },
    wall: () => at.wall,
    running: () => at.running,
  });
  const pass = (milliseconds: number): void => {
    at.uptime += milliseconds;
    at.wall += milliseconds;
    at.running += milliseconds;
  };
  return { at, time, pass };
}

test("the uptime is read once a second, however often the time is asked, and the time between is counted", () => {
  const { at, time, pass } = machine();
  for (let n = 0; n < 1_000; n += 1) {
    expect(time()).toBe(at.uptime);
    pass(10);
  }
  expect(at.reads).toBe(10);
});

test("a suspension is counted at the next question, not a second later", () => {
  const { at, time, pass } = machine();
  time();
  pass(5);
  at.uptime += 3_600_000;
  at.wall += 3_600_000;
  expect(time()).toBe(at.uptime);
});

test("a step of the wall clock, either way, moves the time not at all", () => {
  const { at, time, pass } = machine();
  time();
  for (const step of [86_400_000, -86_400_000]) {
    at.wall += step;
    pass(5);
    expect(time()).toBe(at.uptime);
  }
});

test("an uptime told less finely than it was counted never takes the time back", () => {
  const { at, time, pass } = machine();
  time();
  pass(999);
  const before = time();
  at.uptime -= 9;
  pass(2);
  expect(time()).toBeGreaterThanOrEqual(before);
});
