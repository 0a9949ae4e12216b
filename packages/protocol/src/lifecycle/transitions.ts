import type { Act } from "../command/acts.ts";

/** States of a key, in the words of SP 800-57 part 1 and KMIP; `suspended` is not a KMIP state. */
export const KEY_STATES = [
  "pre-active",
  "active",
  "suspended",
  "deactivated",
  "compromised",
  "destroyed",
  "destroyed-compromised",
] as const;

/** A state of a key and of each of its versions. */
export type KeyState = (typeof KEY_STATES)[number];

/** One allowed step of a key's life, with what the standards call it. */
export interface Transition {
  readonly act: Act;
  readonly from: KeyState;
  readonly to: KeyState;
  /** Where SP 800-57 part 1 revision 5 and KMIP 2.1 have it; `ours` where they do not. */
  readonly clause: string;
}

const KEPT: readonly KeyState[] = ["pre-active", "active", "suspended", "deactivated", "compromised"];

/**
 * Every step there is. What is not in this table is refused. A tightening act may find its work done already.
 *
 * Stricter than SP 800-57, as KMIP is: nothing is destroyed while it is active or suspended. Clauses of SP 800-57 name
 * the state that the step leaves.
 */
export const TRANSITIONS: readonly Transition[] = [
  step("key.activate", "pre-active", "active", "SP 800-57 7.1, KMIP 4.57 transition 4"),
  step("key.rotate", "active", "active", "SP 800-57 8.2.3, KMIP 6.1.37 (Re-key)"),
  step("key.suspend", "active", "suspended", "SP 800-57 7.2"),
  step("key.suspend", "suspended", "suspended", "ours: done already"),
  step("key.resume", "suspended", "active", "SP 800-57 7.3"),
  step("key.resume", "deactivated", "deactivated", "ours: what was suspended before it was retired opens again"),
  step("key.resume", "compromised", "compromised", "ours: what was suspended before it was exposed opens again"),
  step("key.deactivate", "active", "deactivated", "SP 800-57 7.2, KMIP 4.57 transition 6"),
  step("key.deactivate", "suspended", "deactivated", "SP 800-57 7.3"),
  step("key.deactivate", "deactivated", "deactivated", "ours: done already"),
  step("key.compromise", "pre-active", "compromised", "SP 800-57 7.1, KMIP 4.57 transition 3"),
  step("key.compromise", "active", "compromised", "SP 800-57 7.2, KMIP 4.57 transition 5"),
  step("key.compromise", "suspended", "compromised", "SP 800-57 7.3"),
  step("key.compromise", "deactivated", "compromised", "SP 800-57 7.4, KMIP 4.57 transition 8"),
  step("key.compromise", "compromised", "compromised", "ours: done already"),
  step("key.compromise", "destroyed", "destroyed-compromised", "KMIP 4.57 transition 10"),
  step("key.compromise", "destroyed-compromised", "destroyed-compromised", "ours: done already"),
  step("key.destroy", "pre-active", "destroyed", "SP 800-57 7.1, KMIP 4.57 transition 2"),
  step("key.destroy", "deactivated", "destroyed", "SP 800-57 7.4, KMIP 4.57 transition 7"),
  step("key.destroy", "compromised", "destroyed-compromised", "SP 800-57 7.5, KMIP 4.57 transition 9"),
  ...(["key.label", "key.group"] as const).flatMap((act) =>
    KEPT.map((state) => step(act, state, state, "ours: changes no state")),
  ),
  ...(["active", "suspended"] as const).flatMap((state) => [
    step("schedule.set", state, state, "ours: changes no state"),
  ]),
  ...KEPT.map((state) => step("schedule.clear", state, state, "ours: changes no state")),
];

function step(act: Act, from: KeyState, to: KeyState, clause: string): Transition {
  return { act, from, to, clause };
}

const NEXT: ReadonlyMap<string, KeyState> = new Map(
  TRANSITIONS.map(({ act, from, to }) => [`${act} ${from}`, to] as const),
);

/**
 * The state that an act leads to from a state, or null where the act is refused.
 *
 * A key in use is deactivated before it can be destroyed: destroying is never a surprise to those who use it.
 *
 * @see SP 800-57 part 1 section 7; KMIP 2.1 section 4.57 (State)
 */
export function nextState(state: KeyState, act: Act): KeyState | null {
  return NEXT.get(`${act} ${state}`) ?? null;
}

/** Whether an operation protects data, processes protected data, takes material out, or only reads about the key. */
const KIND = {
  encrypt: "protect",
  wrap: "protect",
  sign: "protect",
  mac: "protect",
  derive: "protect",
  datakey: "protect",
  encapsulate: "protect",
  agree: "protect",
  decrypt: "process",
  unwrap: "process",
  verify: "process",
  verifymac: "process",
  decapsulate: "process",
  get: "release",
  locate: "read",
} as const;

/** What a client may ask of a key. */
export type KeyOperation = keyof typeof KIND;

/** Whether an operation puts data under a key's protection, and so ends with the key's originator-usage period. */
export function isProtecting(operation: KeyOperation): boolean {
  return KIND[operation] === "protect";
}

/** What an operation is about: protecting data, opening it, taking material out, or reading about the key. */
export type UseKind = (typeof KIND)[KeyOperation];

/** Every operation of a client, in the order of the table. */
export const KEY_OPERATIONS = Object.keys(KIND) as KeyOperation[];

/** Which kind of use an operation is. */
export function useKind(operation: KeyOperation): UseKind {
  return KIND[operation];
}

/**
 * What each state still allows. Suspended keys do nothing; retired and exposed ones open what is there; who may take a
 * key out may have it before its first use.
 */
const ALLOWED: Readonly<Record<KeyState, ReadonlySet<string>>> = {
  "pre-active": new Set(["release", "read"]),
  active: new Set(["protect", "process", "release", "read"]),
  suspended: new Set(["read"]),
  deactivated: new Set(["process", "release", "read"]),
  compromised: new Set(["process", "release", "read"]),
  destroyed: new Set(["read"]),
  "destroyed-compromised": new Set(["read"]),
};

/** Whether a key, or a version of it, in this state takes part in an operation. */
export function allowsOperation(state: KeyState, operation: KeyOperation): boolean {
  return ALLOWED[state].has(KIND[operation]);
}
