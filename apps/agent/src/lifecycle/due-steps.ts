import type { KeyRecord, KeyState } from "../keystore/records.ts";

/** A step that a date takes. */
export type DueStep = "key.activate" | "key.deactivate";

/**
 * The steps that an object's planned dates have brought about by now, in order; none for most objects.
 *
 * A locked object takes none, and one that waits for a scheduled command only what tightens.
 *
 * @see KMIP 2.1 section 4.57 (State): transitions 4 and 6
 */
export function dueSteps(key: KeyRecord, now: number): readonly DueStep[] {
  const { activation, deactivation } = key.dates;
  if (activation === undefined && deactivation === undefined) return NONE;
  if (key.locked !== null) return NONE;
  const ends = deactivation !== undefined && deactivation <= now;
  if (key.state === "active" || key.state === "suspended") return ends ? ["key.deactivate"] : NONE;
  if (key.state !== "pre-active" || activation === undefined || activation > now || key.scheduled !== null) return NONE;
  return ends ? ["key.activate", "key.deactivate"] : ["key.activate"];
}

/** An object's state as of now, whether the step of its date has been written yet or not. */
export function stateAt(key: KeyRecord, now: number): KeyState {
  const last = dueSteps(key, now).at(-1);
  if (last === undefined) return key.state;
  return last === "key.activate" ? "active" : "deactivated";
}

const NONE: readonly DueStep[] = [];
