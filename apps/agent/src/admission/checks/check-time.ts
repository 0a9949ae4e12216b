import { type Command, isTightening, quorumFor } from "@holdfast/protocol";
import type { AdmissionContext } from "../admission-context.ts";
import { AdmissionError } from "../errors.ts";
import { timeFor } from "./time-for.ts";

/** How far ahead of the agent's clock a command may be dated. */
const AHEAD_SECONDS = 600;

/**
 * Step 6: the command's time, by a clock that is believed.
 *
 * Tightening acts skip the clock check, and the time check as well while the clock is not believed: whoever turns the
 * clock must not keep anybody from suspending a key. What takes the clock as right is judged by that clock.
 *
 * @throws {@link AdmissionError} `E_CLOCK`, `E_EXPIRED`; `E_LIMIT` for a life longer than the roster allows
 */
export function checkTime(command: Command, { guard, rosters }: Pick<AdmissionContext, "guard" | "rosters">): void {
  const { act, issued, exp } = command;
  const alarm = guard.alarm();
  if (alarm !== null && act !== "clock.accept") {
    if (isTightening(act)) return;
    throw new AdmissionError("E_CLOCK");
  }
  const { maxTtlSec } = quorumFor(rosters.current().roster, act);
  if (exp - issued > maxTtlSec)
    throw new AdmissionError("E_LIMIT", "The command would live longer than the rules allow.", { maxTtlSec });
  const now = timeFor(command, guard);
  if (now > exp || issued > now + AHEAD_SECONDS) throw new AdmissionError("E_EXPIRED", undefined, { now, issued, exp });
}
