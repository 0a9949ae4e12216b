import { nextState } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyDates, KeyState, VersionRecord } from "../keystore/records.ts";
import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";

/**
 * Moves the target key to the state that the lifecycle table names for the command's act.
 *
 * Versions that are still in use move with their key; those that reached an end of their own stay there. An act that
 * finds its state already reached changes nothing and is recorded all the same.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when the table has no such step from the key's state
 */
export function moveKey(input: ActInput, date: keyof KeyDates | null): KeyEffect {
  const before = targetKey(input);
  const state = stateAfter(before.state, input.command.act);
  if (state === before.state) return { on: "key", before, after: before, movesHead: false };
  const dates = date === null ? before.dates : { ...before.dates, [date]: input.now };
  const versions = before.versions.map((each) => moveVersion(each, before.state, state));
  return { on: "key", before, after: { ...before, state, versions, dates }, movesHead: true };
}

/** @throws {@link AdmissionError} `E_PRESTATE` */
export function stateAfter(state: KeyState, act: string): KeyState {
  const next = nextState(state, act as Parameters<typeof nextState>[1]);
  if (next === null) throw new AdmissionError("E_PRESTATE", "The key's state does not permit the act.", { state, act });
  return next;
}

function moveVersion(version: VersionRecord, from: KeyState, to: KeyState): VersionRecord {
  const follows = version.state === from || to === "compromised" || to.startsWith("destroyed");
  return follows && !version.state.startsWith("destroyed") ? { ...version, state: to } : version;
}
