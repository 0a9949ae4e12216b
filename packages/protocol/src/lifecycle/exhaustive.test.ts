import { describe, expect, test } from "vitest";
import { ACTS } from "../command/acts.ts";
import type { KeyDates } from "./key-dates.ts";
import { KEY_OPERATIONS, KEY_STATES, type KeyOperation, type KeyState, nextState, useKind } from "./transitions.ts";
import { useRefusal } from "./use-at.ts";

/**
 * What the standards say, written down again by hand and apart from the code: each row names the clause that it is taken
 * from. SP 800-57 is part 1 revision 5, KMIP is 2.1.
 */
const PROTECT = ["encrypt", "wrap", "sign", "mac", "derive", "datakey", "encapsulate", "agree"];
const PROCESS = ["decrypt", "unwrap", "verify", "verifymac", "decapsulate"];

const BY_STATE: readonly { state: KeyState; protect: boolean; process: boolean; get: boolean; clause: string }[] = [
  { state: "pre-active", protect: false, process: false, get: true, clause: "SP 800-57 7.1; KMIP 4.57 Pre-Active" },
  { state: "active", protect: true, process: true, get: true, clause: "SP 800-57 7.2; KMIP 4.57 Active" },
  { state: "suspended", protect: false, process: false, get: false, clause: "SP 800-57 7.3" },
  { state: "deactivated", protect: false, process: true, get: true, clause: "SP 800-57 7.4; KMIP 4.57 Deactivated" },
  { state: "compromised", protect: false, process: true, get: true, clause: "SP 800-57 7.5; KMIP 4.57 Compromised" },
  { state: "destroyed", protect: false, process: false, get: false, clause: "SP 800-57 7.6; KMIP 4.57 Destroyed" },
  {
    state: "destroyed-compromised",
    protect: false,
    process: false,
    get: false,
    clause: "KMIP 4.57 Destroyed Compromised",
  },
];

const AT = 1_700_000_000;

/** What a date ends or begins: the uses it stops before it, and from it on, in an active key. */
interface Boundary {
  readonly name: string;
  readonly clause: string;
  readonly dates: KeyDates;
  readonly stoppedBefore: readonly string[];
  readonly stoppedFrom: readonly string[];
  /** States in which it says anything at all; in others the state alone decides. */
  readonly in?: readonly KeyState[];
}

const BOUNDARIES: readonly Boundary[] = [
  {
    name: "process start",
    clause: "KMIP 4.36: before it the object is not used to process",
    dates: { processStart: AT },
    stoppedBefore: PROCESS,
    stoppedFrom: [],
  },
  {
    name: "protect stop",
    clause: "KMIP 4.38; SP 800-57 5.3.4: the end of the originator-usage period",
    dates: { protectStop: AT },
    stoppedBefore: [],
    stoppedFrom: PROTECT,
  },
  {
    name: "deactivation",
    clause: "KMIP 4.57 transition 6; SP 800-57 7.2: what only processes goes on",
    dates: { deactivation: AT },
    stoppedBefore: [],
    stoppedFrom: PROTECT,
  },
  {
    name: "end of the originator-usage period",
    clause: "SP 800-57 5.3.4 and table 1",
    dates: { activated: AT - 86_400, originatorSec: 86_400 },
    stoppedBefore: [],
    stoppedFrom: PROTECT,
  },
  {
    name: "end of the recipient-usage period",
    clause: "SP 800-57 5.3.4 and table 1",
    dates: { activated: AT - 86_400, originatorSec: 86_400, recipientSec: 86_400 },
    stoppedBefore: [],
    stoppedFrom: [...PROTECT, ...PROCESS, "get"],
  },
  {
    name: "suspension",
    clause: "SP 800-57 7.3, and ours: it holds until the key is resumed, whatever the key becomes",
    dates: { suspended: AT },
    stoppedBefore: [...PROTECT, ...PROCESS, "get"],
    stoppedFrom: [...PROTECT, ...PROCESS, "get"],
  },
  {
    name: "compromise occurrence, deactivation and destruction that have happened",
    clause: "KMIP 4.10, 4.15, 4.16: they record what the state says already",
    dates: { deactivated: AT, compromised: AT, compromiseOccurred: AT, destroyed: AT, activation: AT } as KeyDates,
    stoppedBefore: [],
    stoppedFrom: [],
  },
];

const allowedByState = (state: KeyState, operation: KeyOperation): boolean => {
  const row = BY_STATE.find((each) => each.state === state);
  if (operation === "locate") return true;
  if (operation === "get") return row?.get === true;
  return PROTECT.includes(operation) ? row?.protect === true : row?.process === true;
};

const isAllowed = (state: KeyState, operation: KeyOperation, dates: KeyDates, now: number): boolean =>
  useRefusal({ state, dates, version: { state, createdAt: AT - 86_400 } }, operation, now) === null;

describe("every state and every operation, without a date", () => {
  test("the table here names every state and every operation once", () => {
    expect(BY_STATE.map(({ state }) => state).toSorted()).toEqual([...KEY_STATES].toSorted());
    expect([...PROTECT, ...PROCESS, "get", "locate"].toSorted()).toEqual([...KEY_OPERATIONS].toSorted());
  });

  for (const { state, clause } of BY_STATE) {
    test(`${state} allows what ${clause} says`, () => {
      for (const operation of KEY_OPERATIONS)
        expect(isAllowed(state, operation, {}, AT), operation).toBe(allowedByState(state, operation));
    });
  }
});

describe("every state, every operation, one second before, at and after every date", () => {
  for (const { name, clause, dates, stoppedBefore, stoppedFrom } of BOUNDARIES) {
    for (const state of KEY_STATES) {
      test(`${name}, ${state}: ${clause}`, () => {
        for (const operation of KEY_OPERATIONS) {
          for (const second of [-1, 0, 1]) {
            const stopped = (second < 0 ? stoppedBefore : stoppedFrom).includes(operation);
            const expected = allowedByState(state, operation) && !stopped;
            expect(isAllowed(state, operation, dates, AT + second), `${operation} at ${second}`).toBe(expected);
          }
        }
      });
    }
  }

  test("of two dates the earlier one stops first", () => {
    const dates = { protectStop: AT + 10, deactivation: AT };
    expect([-1, 0].map((second) => isAllowed("active", "encrypt", dates, AT + second))).toEqual([true, false]);
  });

  test("a period begins anew with each version, and an old version keeps its own end", () => {
    const dates = { activated: AT, originatorSec: 86_400, recipientSec: 172_800 };
    const use = (createdAt: number, state: KeyState, operation: KeyOperation, now: number) =>
      useRefusal({ state: "active", dates, version: { state, createdAt } }, operation, now)?.why ?? null;
    const rotatedAt = AT + 86_400;
    expect(use(AT, "active", "encrypt", rotatedAt)).toBe("originator-period");
    expect(use(rotatedAt, "active", "encrypt", rotatedAt)).toBeNull();
    expect(use(AT, "deactivated", "decrypt", AT + 172_799)).toBeNull();
    expect(use(AT, "deactivated", "decrypt", AT + 172_800)).toBe("recipient-period");
    expect(use(rotatedAt, "active", "decrypt", AT + 172_800)).toBeNull();
  });

  test("an archived object does nothing in any state but be listed", () => {
    for (const state of KEY_STATES) {
      for (const operation of KEY_OPERATIONS)
        expect(isAllowed(state, operation, { archived: AT }, AT), operation).toBe(useKind(operation) === "read");
    }
  });
});

/** SP 800-57 part 1 section 7 as a list of arrows; KMIP's own restriction is that nothing active is destroyed. */
const ARROWS: readonly [KeyState, KeyState, string][] = [
  ["pre-active", "active", "SP 800-57 7.1; KMIP 4.57 transition 4"],
  ["pre-active", "compromised", "SP 800-57 7.1; KMIP 4.57 transition 3"],
  ["pre-active", "destroyed", "SP 800-57 7.1; KMIP 4.57 transition 2"],
  ["active", "suspended", "SP 800-57 7.2"],
  ["active", "deactivated", "SP 800-57 7.2; KMIP 4.57 transition 6"],
  ["active", "compromised", "SP 800-57 7.2; KMIP 4.57 transition 5"],
  ["suspended", "active", "SP 800-57 7.3"],
  ["suspended", "deactivated", "SP 800-57 7.3"],
  ["suspended", "compromised", "SP 800-57 7.3"],
  ["deactivated", "compromised", "SP 800-57 7.4; KMIP 4.57 transition 8"],
  ["deactivated", "destroyed", "SP 800-57 7.4; KMIP 4.57 transition 7"],
  ["compromised", "destroyed-compromised", "SP 800-57 7.5; KMIP 4.57 transition 9"],
  ["destroyed", "destroyed-compromised", "KMIP 4.57 transition 10"],
];

test("every act from every state leads along one of the standards' arrows, or nowhere", () => {
  const arrows = new Set(ARROWS.map(([from, to]) => `${from} ${to}`));
  const found = new Set<string>();
  for (const from of KEY_STATES) {
    for (const act of ACTS) {
      const to = nextState(from, act);
      if (to !== null && to !== from) found.add(`${from} ${to}`);
    }
  }
  expect([...found].toSorted()).toEqual([...arrows].toSorted());
});
