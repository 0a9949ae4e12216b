import { type ArgsOf, deriveScheduleId, type KeySchedule } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyRecord } from "../keystore/records.ts";
import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stateAfter } from "./step-key.ts";

/**
 * schedule.set: from now on the agent does something to a key by itself. A schedule of the same kind is replaced.
 *
 * Keys that clients made, or whose material a client has taken, are rotated and retired by whoever uses them: a database
 * whose key changes under it stops.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a key in another state, `E_KEY_HELD` for one that a client made or
 *   holds, `E_ARGS` for a beginning that is over
 */
export function setSchedule(input: ActInput): KeyEffect[] {
  const before = targetKey(input);
  stateAfter(before.state, "schedule.set");
  const { does, everySec, first, unusedSec } = input.command.args as ArgsOf<"schedule.set">;
  if (first !== undefined && first < input.now) throw new AdmissionError("E_ARGS", "The schedule begins in the past.");
  if (does === "rotate" && (before.type !== "symmetric-key" || before.algorithm === null))
    throw new AdmissionError("E_PRESTATE", "Only symmetric keys get new versions; make a new key pair.");
  if (does !== "notify" && isHeldByClients(before, input.keystore)) throw new AdmissionError("E_KEY_HELD");
  const fresh: KeySchedule = {
    ...{ id: deriveScheduleId(input.hash), does, everySec, n: 0 },
    next: first ?? input.now + everySec,
    ...(unusedSec === undefined ? {} : { unusedSec }),
  };
  const others = before.schedules.filter((each) => each.does !== does);
  const after = { ...before, schedules: [...others, fresh].sort((a, b) => (a.does < b.does ? -1 : 1)) };
  return [{ on: "key", before, after, movesHead: true }];
}

/**
 * schedule.clear: the agent does it no longer.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a key that has no such schedule, or is in another state
 */
export function clearSchedule(input: ActInput): KeyEffect[] {
  const before = targetKey(input);
  stateAfter(before.state, "schedule.clear");
  const { does } = input.command.args as ArgsOf<"schedule.clear">;
  const schedules = before.schedules.filter((each) => each.does !== does);
  if (schedules.length === before.schedules.length) throw noSchedule(before, does);
  return [{ on: "key", before, after: { ...before, schedules }, movesHead: true }];
}

function noSchedule({ label, schedules }: KeyRecord, does: string): AdmissionError {
  const there = schedules.map((each) => each.does).join(", ");
  return new AdmissionError(
    "E_PRESTATE",
    `${label} has no schedule that does ${does}; ${there === "" ? "it has none at all" : `it has: ${there}`}.`,
    {},
    "Nothing was changed. `holdfast-agent schedule list` shows the schedules that there are.",
  );
}

/** Whether clients made a key, or one of them has its material: then they have to change it, not the agent. */
export function isHeldByClients(
  { id, owner }: KeyRecord,
  keystore: { releasedAt(keyId: string): number | null },
): boolean {
  return owner.kind === "client" || keystore.releasedAt(id) !== null;
}
