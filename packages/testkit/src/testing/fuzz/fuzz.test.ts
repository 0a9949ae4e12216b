import { expect, test } from "vitest";
import { fuzz } from "./run-fuzz.ts";
import { TARGETS } from "./targets.ts";

const INPUTS = 3000;
const SLOWEST_MS = 1000;

test.each(TARGETS.map((target) => [target.name, target] as const))(
  "of changed inputs the reader of %s accepts none that means something else, and refuses the others by a code, in bounded time",
  async (_, target) => {
    for (const valid of target.valid) expect(await target.read(valid)).toBeNull();
    const { faults, slowest, refused, accepted } = await fuzz(target, INPUTS, Math.floor(Math.random() * 0x7fffffff));
    expect(faults).toEqual([]);
    expect(slowest).toBeLessThan(SLOWEST_MS);
    expect(accepted + [...refused.values()].reduce((sum, each) => sum + each, 0)).toBe(INPUTS);
  },
);
