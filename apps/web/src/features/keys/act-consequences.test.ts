import { describe, expect, test } from "vitest";
import { actionsOn, KEY_ACTIONS, needsTypedName, RECENT_SECONDS } from "./act-consequences.ts";

const NOW = 1_900_000_000;
const AES = {
  ...{ state: "active", destroyDue: null, type: "symmetric-key", algorithm: "AES-256" },
  usage: ["encrypt", "decrypt"],
  planned: {} as { suspended?: number; limit?: { total: number } },
  limitSpent: null as number | null,
};
const SECRET = { ...AES, type: "secret-data", algorithm: "secret-data", usage: [] };
const PRIVATE = { ...AES, type: "private-key", algorithm: "EC-P256", usage: ["sign"] };
const acts = (key: typeof AES) => actionsOn(key).actions.map(({ act }) => act);
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
  test("neither a second destruction nor a new name or group is offered, which the key server would refuse", () => {
    expect(actionsOn({ ...AES, state: "deactivated" })).toMatchObject({ describes: true });
    const { actions, describes } = actionsOn({ ...AES, state: "deactivated", destroyDue: NOW });
    expect([actions.map(({ act }) => act), describes]).toEqual([["key.compromise"], false]);
  });
});

test("a key that was retired while suspended can be resumed, and so opened again; one that was not cannot", () => {
  const held = { suspended: NOW };
  expect(acts({ ...AES, state: "deactivated", planned: held })).toContain("key.resume");
  expect(acts({ ...AES, state: "deactivated" })).not.toContain("key.resume");
});

test("rotation promises nothing of the next use of a key whose usage limit is given out, and renews no limit", () => {
  const rotation = (limitSpent: number | null, planned: typeof AES.planned = { limit: { total: 9 } }) => {
    const { works = [], stops = [] } =
      actionsOn({ ...AES, planned, limitSpent }).actions.find(({ act }) => act === "key.rotate") ?? {};
    return { works: works.join(" "), stops: stops.join(" ") };
  };
  expect(rotation(9).works).not.toContain("new version");
  expect(rotation(9).stops).toContain("rotation does not renew it. Once the last of it is used, nothing new");
  for (const spent of [8, null]) {
    expect(rotation(spent).works).toContain("the next encryption uses the new version");
    expect(rotation(spent).stops).toContain("goes on as it is: rotation does not renew it");
  }
  expect(rotation(null, {}).stops).not.toContain("limit");
});

describe("on objects of every kind", () => {
  test("new versions are offered of symmetric keys alone, and only of algorithms that the key server makes", () => {
    expect(acts(AES)).toContain("key.rotate");
    expect(acts({ ...AES, algorithm: "HMAC-SHA256", usage: ["mac", "verifymac"] })).toContain("key.rotate");
    expect(acts({ ...AES, algorithm: "RC4" })).not.toContain("key.rotate");
    for (const key of [SECRET, PRIVATE]) expect(acts(key)).toEqual(["key.suspend", "key.deactivate", "key.compromise"]);
  });

  test("one that is not active yet can be activated", () => {
    expect(acts({ ...SECRET, state: "pre-active" })).toEqual(["key.activate", "key.compromise", "key.destroy"]);
  });

  test("nothing is said of encryption where nothing is encrypted", () => {
    const states = ["pre-active", "active", "suspended", "deactivated", "compromised"];
    for (const key of [SECRET, PRIVATE])
      for (const { works, stops } of states.flatMap((state) => actionsOn({ ...key, state }).actions))
        expect([...works, ...stops].join(" ")).not.toMatch(/crypt|old data/i);
  });
});
