import type { Roster } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { objectingKeys } from "./recovery-state.ts";

const roster = (m: number, ...keys: string[]) =>
  ({ recovery: { m, delaySec: 259_200, keys: keys.map((cose) => ({ cose })) } }) as unknown as Roster;
const asked = (old: Roster, next: Roster, kind: "keys" | "recover" = "keys") =>
  objectingKeys({ old, next, notice: { kind } as never });

test("a change of replacement keys can be stopped by those that stay, where they are as many as a recovery takes, else by all", () => {
  expect(asked(roster(1, "a", "b"), roster(1, "b", "c"))).toEqual(["b"]);
  expect(asked(roster(2, "a", "b", "c"), roster(2, "b", "c", "d"))).toEqual(["b", "c"]);
  expect(asked(roster(2, "a", "b", "c"), roster(2, "c", "d"))).toEqual(["a", "b", "c"]);
  expect(asked(roster(1, "a"), roster(1, "b"))).toEqual(["a"]);
  expect(asked(roster(1, "a", "b"), roster(1, "b", "c"), "recover")).toEqual([]);
});
