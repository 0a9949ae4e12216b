import { ENUM } from "@holdfast/kmip";
import type { KeyState } from "../../../keystore/records.ts";
import { refuse } from "../refused.ts";

/** A suspended key serves nothing for now. KMIP has no word for that; Deactivated is what a client may conclude from it. */
const NUMBERS: Readonly<Record<KeyState, number>> = {
  "pre-active": ENUM.State.PreActive,
  active: ENUM.State.Active,
  suspended: ENUM.State.Deactivated,
  deactivated: ENUM.State.Deactivated,
  compromised: ENUM.State.Compromised,
  destroyed: ENUM.State.Destroyed,
  "destroyed-compromised": ENUM.State.DestroyedCompromised,
};

/** The State of an object. */
export function stateNumber(state: KeyState): number {
  return NUMBERS[state];
}

/** Whether a number is a State; which one it is, the objects say. @throws KmipRefusedError */
export function assertState(number: number): void {
  if (!Object.values(NUMBERS).includes(number)) refuse("InvalidField", "There is no such State.");
}
