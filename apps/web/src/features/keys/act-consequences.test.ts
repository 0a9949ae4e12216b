import { describe, expect, test } from "vitest";
import { actionsOn, KEY_ACTIONS, needsTypedName, RECENT_SECONDS } from "./act-consequences.ts";

const NOW = 1_900_000_000;
const needed = (lastUsedAt: number | null) =>
  KEY_ACTIONS.filter((action) => needsTypedName(action, lastUsedAt, NOW)).map(({ act }) => act);

describe("the key's name has to be typed", () => {
  test("for its destruction always, and for nothing else of a key that was never used", () => {
    expect(needed(null)).toEqual(["key.destroy"]);
  });

  test("for what cannot be undone when the key was ever used", () => {
    expect(needed(NOW - RECENT_SECONDS)).toEqual(["key.deactivate", "key.compromise", "key.destroy"]);
  });

  test("for suspending it when it was used in the last 30 days", () => {
    expect(needed(NOW - RECENT_SECONDS + 1)).toContain("key.suspend");
  });
});

describe("on a key whose destruction waits", () => {
  test("neither a second destruction nor a new name is offered, which the key server would refuse", () => {
    expect(actionsOn({ state: "deactivated", destroyDue: null })).toMatchObject({ rename: true });
    const { actions, rename } = actionsOn({ state: "deactivated", destroyDue: NOW });
    expect([actions.map(({ act }) => act), rename]).toEqual([["key.compromise"], false]);
  });
});
