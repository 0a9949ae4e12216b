import { describe, expect, test } from "vitest";
import type { KeyRecord } from "./key-row.ts";
import { lifeOf } from "./life-of.ts";

const DAY = 86_400;

function record(change: Partial<KeyRecord> = {}): KeyRecord {
  const version = (n: number, at: number) =>
    ({ version: n, state: "active", created: at, commit: "", kcv: null }) as const;
  return {
    id: "k_a",
    label: "orders-db",
    alias: null,
    group: "default",
    algorithm: "AES-256",
    type: "symmetric-key",
    bits: null,
    registered: false,
    knownVersion: 0,
    usage: ["encrypt", "decrypt"],
    extractable: false,
    inToken: false,
    state: "active",
    current: 2,
    ownerClient: null,
    ownerLabel: null,
    created: 0,
    cryptoperiodSec: 90 * DAY,
    endsAt: 190 * DAY,
    endedAt: null,
    destroyDue: null,
    planned: {},
    lastUsedAt: null,
    limitSpent: null,
    headLeaf: 2,
    versions: [version(1, 0), version(2, 100 * DAY)],
    clients: [],
    changes: [
      { at: 0, kind: "key.create" },
      { at: 100 * DAY, kind: "key.rotate" },
      { at: 101 * DAY, kind: "use" },
    ],
    entries: [],
    ...change,
  };
}

describe("the picture of a key's life", () => {
  test("reaches from its creation to the end of its newest version's cryptoperiod", () => {
    const life = lifeOf(record(), 120 * DAY);
    expect([life.from, life.to, life.due]).toEqual([0, 190 * DAY, { at: 190 * DAY, text: "period ends in 70 days" }]);
    expect(life.bars.map(({ from, to }) => [from, to])).toEqual([
      [0, 100 * DAY],
      [100 * DAY, null],
    ]);
  });

  test("marks changes of the key and leaves its use out", () => {
    expect(lifeOf(record(), 120 * DAY).marks.map(({ text }) => text)).toEqual(["created", "rotated"]);
  });

  test("ends with the key, and names no due date for one that encrypts nothing", () => {
    const life = lifeOf(record({ state: "deactivated", endedAt: 110 * DAY }), 120 * DAY);
    expect(life.due).toBeNull();
    expect(life.bars.at(-1)?.to).toBe(110 * DAY);
  });

  test("ends at the first of its period's end and what is planned, which it marks", () => {
    const planned = { protectStop: 130 * DAY, deactivation: 140 * DAY };
    const life = lifeOf(record({ planned }), 120 * DAY);
    expect([life.due, life.to]).toEqual([{ at: 130 * DAY, text: "protects nothing new in 10 days" }, 140 * DAY]);
    expect(life.marks.slice(-2).map(({ at, text }) => [at, text])).toEqual([
      [130 * DAY, "planned: protects nothing new"],
      [140 * DAY, "planned: retired"],
    ]);
    const later = lifeOf(record({ planned: { deactivation: 300 * DAY } }), 120 * DAY);
    expect([later.due?.at, later.to]).toEqual([190 * DAY, 300 * DAY]);
    const gone = lifeOf(record({ state: "deactivated", endedAt: 110 * DAY, destroyDue: 125 * DAY }), 120 * DAY);
    expect(gone.due).toEqual({ at: 125 * DAY, text: "is destroyed in 5 days" });
  });

  test("says nothing of a planned date that has passed", () => {
    expect(lifeOf(record({ planned: { deactivation: 119 * DAY } }), 120 * DAY).marks).toHaveLength(2);
  });

  test("names a version only where there is room, the newest always", () => {
    const life = lifeOf(record({ versions: record().versions.map((each) => ({ ...each, created: 0 })) }), 120 * DAY);
    expect(life.bars.map(({ labelled }) => labelled)).toEqual([false, true]);
  });
});
