import { expect, test } from "vitest";
import { MOST_TRIES, nextTryAfter } from "./next-try.ts";

test("a delivery that fails is tried again at growing distances, and not for ever", () => {
  const pauses = Array.from({ length: MOST_TRIES }, (_, n) => nextTryAfter(n + 1, 0));
  expect(pauses.at(-1)).toBeNull();
  const real = pauses.slice(0, -1) as number[];
  expect(real).toEqual([...real].sort((a, b) => a - b));
  expect(real.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(86_400);
  expect(nextTryAfter(2, 1)).toBe(360);
});
