import type { Roster } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { whoStops } from "./who-stops.ts";

const signed = (have: number) => ({ old: { have } });
const recovery = { recover: true } as Roster;
const base = (keys: number) => ({ recovery: { keys: Array.from({ length: keys }) } }) as unknown as Roster;

test("a recovery is called stoppable neither where every replacement key signed it nor where that is not known", () => {
  expect(whoStops(signed(1), recovery, base(1))).toBe("nobody can stop it: every replacement key signed it");
  expect(whoStops(signed(1), recovery, base(2))).toMatch(/^your key server’s page says whether/);
  expect(whoStops(signed(1), recovery, null)).toMatch(/^your key server’s page says whether/);
  expect(whoStops(signed(1))).toMatch(/^your key server’s page says/);
});

test("any other change is one that any administrator can stop", () => {
  expect(whoStops(signed(1), {} as Roster, base(1))).toBe("any administrator can stop it until then");
});
