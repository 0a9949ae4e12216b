import { KEY_USAGES, OBJECT_TYPES } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { algorithmOf, doingOf, isRotatable, leavesText, typeBesides, typeText, usageText } from "./key-words.ts";
import { limitText, originText, plannedText } from "./origin-text.ts";

test("every type has words, and every use is told", () => {
  for (const type of OBJECT_TYPES.filter((each) => !["opaque", "certificate", "template"].includes(each)))
    expect(typeText(type)).not.toBe(type);
  expect(usageText([...KEY_USAGES]).split(", ")).toHaveLength(KEY_USAGES.length);
  expect(usageText([])).toBe("kept only");
});

test("a type in an algorithm's place is no algorithm, and a plain symmetric key needs no more words", () => {
  expect(algorithmOf({ type: "secret-data", algorithm: "secret-data" })).toBeNull();
  expect(typeBesides({ type: "symmetric-key", algorithm: "AES-256" })).toBeNull();
  expect(typeBesides({ type: "symmetric-key", algorithm: "symmetric-key" })).toBe("symmetric key");
  expect(typeBesides({ type: "private-key", algorithm: "RSA-3072" })).toBe("private key");
});

test("what holds no secret is not said to be handed out", () => {
  expect(leavesText({ type: "public-key", extractable: true, inToken: false })).toBe("holds no secret");
  expect(leavesText({ type: "private-key", extractable: false, inToken: false })).toBe("never extractable");
  expect(leavesText({ type: "secret-data", extractable: true, inToken: false })).toBe("can be handed out");
  expect(leavesText({ type: "private-key", extractable: false, inToken: true })).toContain("never leaves");
});

test("only what the key server makes alone gets new versions", () => {
  expect(isRotatable({ type: "symmetric-key", algorithm: "AES-256" })).toBe(true);
  expect(isRotatable({ type: "private-key", algorithm: "EC-P256" })).toBe(false);
  expect(isRotatable({ type: "secret-data", algorithm: "AES-256" })).toBe(false);
});

test("what a key does first decides what is told of its life", () => {
  expect(doingOf(["verify", "encrypt"])).toBe("data");
  expect(doingOf(["certsign"])).toBe("kept");
});

test("a registered secret is known to a former holder, and no longer only so once it is re-keyed", () => {
  const key = { registered: true, knownVersion: 1, type: "symmetric-key", current: 1, inToken: false } as const;
  expect(originText(key)).toBe("registered: known to a former holder until it is re-keyed");
  expect(originText({ ...key, current: 2 })).toContain("version 1 ");
  const past = { ...key, knownVersion: 7, current: 7 };
  expect(originText(past)).toBe("registered: known to a former holder until it is re-keyed");
  expect(originText({ ...past, current: 8 })).toContain("versions to 7 ");
  expect(originText({ ...key, type: "certificate" })).toContain("no secret");
  expect(originText({ ...key, registered: false, knownVersion: 0 })).toBe("made in your key server");
});

test("a key's limit is told with what it counts", () => {
  const words = (unit: "object" | "byte", total: number, limitSpent: number | null) =>
    limitText({ planned: { limit: { unit, total } }, limitSpent });
  expect(words("object", 1_000_000, null)).toMatch(
    /^protects 1.000.000 times, then nothing more · all of it left, by your key server's account$/,
  );
  expect(words("byte", 1, null)).toMatch(/^protects 1 byte,/);
  expect(words("object", 100, 92)).toMatch(/ 92 given out, at least 8 left, by your key server's account$/);
  expect(words("object", 100, 100)).toMatch(/ the last of it is given out$/);
  expect(limitText({ planned: {}, limitSpent: null })).toBeNull();
});

test("planned dates are told in the order of time", () => {
  expect(plannedText({ deactivation: 9, activation: 3 }).map(({ at }) => at)).toEqual([3, 9]);
  expect(plannedText({})).toEqual([]);
});
