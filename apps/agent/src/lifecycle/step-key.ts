import { type Act, nextState } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyDates, KeyRecord, KeyState, VersionRecord } from "../keystore/records.ts";
import type { KeyEffect } from "./effect.ts";

/** Which date a state reached is remembered by. */
const DATE_OF: Partial<Record<KeyState, keyof KeyDates>> = {
  active: "activated",
  suspended: "suspended",
  deactivated: "deactivated",
  compromised: "compromised",
  destroyed: "destroyed",
  "destroyed-compromised": "destroyed",
};

/**
 * Moves a key to the state that the lifecycle table names for an act, whoever takes the step.
 *
 * What is suspended stays suspended, whatever else it becomes, until it is resumed: retiring or exposing it opens nothing.
 * Versions that are still in use move with their key; those that reached an end of their own stay there. A step that
 * finds its state already reached changes nothing and is recorded all the same. Destroying takes the material of every
 * version out of store and memory; the record stays as a tombstone, so that the id never lives again.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when the table has no such step from the key's state
 */
export function stepKey(before: KeyRecord, act: Act, now: number): KeyEffect {
  const state = stateAfter(before.state, act);
  if (act === "key.resume" && before.dates.suspended === undefined)
    throw new AdmissionError("E_PRESTATE", "The key is not suspended.", { state, act });
  if (state === before.state && act !== "key.resume") return { on: "key", before, after: before, movesHead: false };
  const versions = before.versions.map((each) => moveVersion(each, before.state, state));
  const after = { ...before, state, versions, dates: datesAfter(before, act, now) };
  const effect: KeyEffect = { on: "key", before, after, movesHead: true };
  if (act !== "key.destroy") return effect;
  return {
    ...effect,
    after: { ...after, scheduled: null, schedules: [] },
    dropped: versions.map(({ version }) => version),
  };
}

function datesAfter({ dates, state: from }: KeyRecord, act: Act, now: number): KeyDates {
  const to = stateAfter(from, act);
  if (act === "key.resume") {
    const { suspended: _, ...rest } = dates;
    return rest;
  }
  // A destroyed key that turns out to have been exposed keeps the time of its end.
  const date = act === "key.compromise" && to === "destroyed-compromised" ? "compromised" : DATE_OF[to];
  const moved = date === undefined ? dates : { ...dates, [date]: now };
  if (act !== "key.destroy") return moved;
  const { destroyDue: _, ...rest } = moved;
  return rest;
}

/** @throws {@link AdmissionError} `E_PRESTATE` */
export function stateAfter(state: KeyState, act: Act): KeyState {
  const next = nextState(state, act);
  if (next === null)
    throw new AdmissionError(
      "E_PRESTATE",
      `The key is ${state}, and ${act} is no step from there.`,
      { state, act },
      stepTo(state, act),
    );
  return next;
}

/** What leads to an act that a key's state does not permit. */
function stepTo(state: KeyState, act: Act): string {
  return act === "key.destroy" && nextState(state, "key.deactivate") === "deactivated"
    ? "Deactivate it first: `holdfast-agent key deactivate KEY`; then destroy it."
    : "See how the key stands: `holdfast-agent key show KEY`. docs/compliance/key-states.md has the steps of every state.";
}

function moveVersion(version: VersionRecord, from: KeyState, to: KeyState): VersionRecord {
  const follows = version.state === from || to === "compromised" || to.startsWith("destroyed");
  const isOver = version.state.startsWith("destroyed") && to !== "destroyed-compromised";
  return follows && !isOver ? { ...version, state: to } : version;
}
