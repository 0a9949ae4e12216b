import { afterAll, beforeAll, expect, test } from "vitest";
import { fuzzInProcess } from "./testing/fuzz/fuzz-in-process.ts";
import { fuzzSockets } from "./testing/fuzz/fuzz-sockets.ts";
import { FuzzTarget } from "./testing/fuzz/fuzz-target.ts";

const FRAMES = 100_000;
const THROUGH_TLS = 2_000;

let target: FuzzTarget;
beforeAll(async () => {
  target = await FuzzTarget.open();
});
afterAll(() => target.close());

test("row 109: hostile frames are answered by KMIP or closed, harm no other client, and crash and hang nothing", {
  timeout: 300_000,
}, async () => {
  const found = await fuzzInProcess(target, { seed: 1, frames: FRAMES });
  expect(found.wrong).toEqual([]);
  expect(target.faults).toEqual([]);
  expect(found.frames).toBe(FRAMES);
  // Not all of them end at the first check.
  for (const outcome of ["Success", "InvalidMessage", "InvalidField", "ItemNotFound", "WrongKeyLifecycleState"])
    expect(found.outcomes.get(outcome), outcome).toBeGreaterThan(10);
});

test("row 109: the same through TLS: whole answers, then the end", { timeout: 120_000 }, async () => {
  await target.refresh();
  const found = await fuzzSockets(target, { seed: 2, frames: THROUGH_TLS });
  expect(found.wrong).toEqual([]);
  expect(target.faults).toEqual([]);
  expect(found.outcomes.get("closed")).toBeGreaterThanOrEqual(THROUGH_TLS / 64);
  expect(found.outcomes.get("Success")).toBeGreaterThan(3);
});
