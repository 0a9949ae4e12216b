import { FakeClock } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { ClockGuard } from "./clock.ts";
import { RunningTime } from "./running-time.ts";

describe("the clock guard", () => {
  test("believes a clock within two minutes of the running time, and not one second more", () => {
    const clock = new FakeClock(1_000_000);
    const guard = new ClockGuard(clock);
    clock.setWall(1_000_120);
    expect([guard.alarm(), guard.time()]).toEqual([null, 1_000_120]);
    clock.setWall(1_000_121);
    expect(guard.alarm()).toBe("ahead");
  });

  test("dates by the running time while the clock runs ahead, and believes it again when it comes back", () => {
    const clock = new FakeClock(1_000_000);
    const guard = new ClockGuard(clock);
    clock.setWall(2_000_000);
    clock.advance(30);
    expect([guard.alarm(), guard.time(), guard.wall()]).toEqual(["ahead", 1_000_030, 2_000_030]);
    clock.setWall(1_000_031);
    expect([guard.alarm(), guard.time()]).toEqual([null, 1_000_031]);
  });

  test("never dates before the newest entry, and says so when the clock is two minutes behind it", () => {
    const clock = new FakeClock(1_000_000);
    const guard = new ClockGuard(clock);
    guard.noteEntry(1_000_120);
    expect([guard.alarm(), guard.time()]).toEqual([null, 1_000_120]);
    guard.noteEntry(1_000_121);
    expect([guard.alarm(), guard.time()]).toEqual(["behind", 1_000_121]);
  });

  test("is not walked away in small steps: the estimate follows by one second a minute", () => {
    const clock = new FakeClock(1_000_000);
    const guard = new ClockGuard(clock);
    let steps = 0;
    while (guard.alarm() === null && steps < 1_000) {
      clock.advance(60);
      clock.setWall(clock.now() + 60);
      guard.time();
      steps += 1;
    }
    expect(steps).toBeLessThan(5);
  });
});

describe("running time", () => {
  test("adds up what the machine ran, never what the wall clock says, at most two minutes a look", () => {
    const clock = new FakeClock();
    const running = new RunningTime(clock, 100);
    clock.advance(60);
    clock.setWall(clock.now() + 1_000_000);
    expect(running.take()).toBe(160);
    clock.advance(10_000);
    expect(running.take()).toBe(280);
  });
});
