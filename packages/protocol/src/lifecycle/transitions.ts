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

type Row = Partial<Record<KeyState, KeyState>>;

/** For each act the states it may start from, and where it leads. A tightening act may find its work done already. */
const TRANSITIONS: Partial<Record<Act, Row>> = {
  "key.activate": { "pre-active": "active" },
  "key.rotate": { active: "active" },
  "key.suspend": { active: "suspended", suspended: "suspended" },
  "key.resume": { suspended: "active" },
  "key.deactivate": { active: "deactivated", suspended: "deactivated", deactivated: "deactivated" },
  "key.compromise": {
    "pre-active": "compromised",
    active: "compromised",
    suspended: "compromised",
    deactivated: "compromised",
    compromised: "compromised",
    destroyed: "destroyed-compromised",
    "destroyed-compromised": "destroyed-compromised",
  },
  "key.destroy": { "pre-active": "destroyed", deactivated: "destroyed", compromised: "destroyed-compromised" },
  "key.label": {
    "pre-active": "pre-active",
    active: "active",
    suspended: "suspended",
    deactivated: "deactivated",
    compromised: "compromised",
  },
  "key.group": {
    "pre-active": "pre-active",
    active: "active",
    suspended: "suspended",
    deactivated: "deactivated",
    compromised: "compromised",
  },
};

/**
 * The state that an act leads to from a state, or null where the act is refused.
 *
 * A key in use is deactivated before it can be destroyed: destroying is never a surprise to those who use it.
 *
 * @see SP 800-57 part 1 section 7; KMIP 2.1 section 4.57 (State)
 */
export function nextState(state: KeyState, act: Act): KeyState | null {
  return TRANSITIONS[act]?.[state] ?? null;
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
