import { expect, test } from "vitest";
import { OperationError } from "./errors.ts";
import { RateLimit } from "./rate-limit.ts";

test("a burst passes, then as many as the time gives, for each client for itself", () => {
  let now = 0;
  const limit = new RateLimit({ perSecond: 2, burst: 3 }, () => now);
  const taken = (id: string): number => {
    let count = 0;
    try {
      for (; count < 100; count += 1) limit.take(id);
    } catch (refusal) {
      expect(refusal).toBeInstanceOf(OperationError);
      expect(refusal).toMatchObject({ code: "E_RATE", retry: "later" });
    }
    return count;
  };
  expect(taken("a")).toBe(3);
  expect(taken("b")).toBe(3);
  now += 1000;
  expect(taken("a")).toBe(2);
  now += 60_000;
  expect(taken("a")).toBe(3);
});
