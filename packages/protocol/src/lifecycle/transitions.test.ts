import { describe, expect, test } from "vitest";
import { ACTS, isTightening } from "../command/acts.ts";
import { allowsOperation, KEY_STATES, type KeyOperation, type KeyState, nextState, useKind } from "./transitions.ts";
import { useRefusal } from "./use-at.ts";

const OPERATIONS: readonly KeyOperation[] = [
  "encrypt",
  "wrap",
  "sign",
  "mac",
  "derive",
  "datakey",
  "encapsulate",
  "agree",
  "decrypt",
  "unwrap",
  "verify",
  "verifymac",
  "decapsulate",
  "get",
  "locate",
];
const allowed = (state: KeyState) => OPERATIONS.filter((operation) => allowsOperation(state, operation));

/** Every state that any acts lead to from here. */
function reachable(from: KeyState): ReadonlySet<KeyState> {
  const found = new Set<KeyState>();
  const queue = [from];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const act of ACTS) {
      const next = nextState(state, act);
      if (next !== null && !found.has(next)) queue.push(next);
      if (next !== null) found.add(next);
    }
  }
  return found;
}

describe("a key's life", () => {
  test("never comes back from destruction", () => {
    for (const state of ["destroyed", "destroyed-compromised"] as const) {
      for (const next of reachable(state)) expect(next).toMatch(/^destroyed/);
    }
  });

  test("never goes from deactivated or compromised to a state that encrypts", () => {
    for (const state of ["deactivated", "compromised"] as const) {
      for (const next of reachable(state)) expect(allowsOperation(next, "encrypt")).toBe(false);
    }
  });

  test("is never led by a tightening act to what it did not do before, but a key that never was in use may open", () => {
    for (const state of KEY_STATES) {
      for (const act of ACTS.filter(isTightening)) {
        const next = nextState(state, act);
        if (next === null) continue;
        // What the agent keeps through every step but resuming: docs/spec/command.md, section 4.
        const dates = state === "suspended" ? { suspended: 1 } : {};
        for (const operation of OPERATIONS.filter((each) => each !== "locate")) {
          const may = (of: KeyState) =>
            useRefusal({ state: of, dates, version: { state: of, createdAt: 0 } }, operation, 9);
          const opens = may(next) === null && may(state) !== null;
          const firstUse = state === "pre-active" && useKind(operation) === "process";
          expect(opens && !firstUse, `${act} ${state} ${operation}`).toBe(false);
        }
      }
    }
  });

  test("takes a tightening act twice: the second finds its work done", () => {
    for (const state of KEY_STATES) {
      for (const act of ACTS.filter(isTightening)) {
        const next = nextState(state, act);
        if (next !== null) expect(nextState(next, act)).toBe(next);
      }
    }
  });

  test("is destroyed only where nothing encrypts any more", () => {
    for (const state of KEY_STATES) {
      if (nextState(state, "key.destroy") !== null) expect(allowsOperation(state, "encrypt")).toBe(false);
    }
  });

  test("of a suspended key allows nothing but to be listed", () => {
    expect(allowed("suspended")).toEqual(["locate"]);
  });

  test("encrypts in one state only", () => {
    expect(KEY_STATES.filter((state) => allowsOperation(state, "encrypt"))).toEqual(["active"]);
  });

  test("never lets material of a suspended key out; that of a compromised one opens what it protected", () => {
    expect(KEY_STATES.filter((state) => allowsOperation(state, "get"))).toEqual([
      "pre-active",
      "active",
      "deactivated",
      "compromised",
    ]);
  });
});
