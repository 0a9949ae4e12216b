import { type Command, isTightening } from "@holdfast/protocol";
import type { AdmissionContext } from "../admission-context.ts";
import { AdmissionError, logProblem } from "../errors.ts";
import { timeFor } from "./time-for.ts";

/** Acts that a locked domain, or one that is recovering, takes besides tightening ones. */
const ALWAYS_TAKEN: ReadonlySet<string> = new Set([
  "domain.unlock",
  "log.acceptLoss",
  "restore.accept",
  "clock.accept",
]);

/**
 * Step 7: proposed under the roster in force, which has not expired; the domain takes changes.
 *
 * @param due - For a command that waited: its roster may be an earlier one of the same chain.
 * @throws {@link AdmissionError} `E_ROSTER_STALE`, `E_ROSTER_EXPIRED`, `E_LOCKED`, `E_RECOVERING`
 */
export function checkRosterAndDomain(
  command: Command,
  context: Pick<AdmissionContext, "rosters" | "keystore" | "guard" | "problem" | "lost">,
  due: boolean,
): void {
  const { rosters, keystore, guard, problem, lost } = context;
  const { roster, hash } = rosters.current();
  const named = command.roster;
  const fits = due ? rosters.includes(named) : named.seq === roster.seq && named.hash === hash;
  if (!fits) throw new AdmissionError("E_ROSTER_STALE", undefined, { named: named.seq, current: roster.seq });
  const acceptsLoss = command.act === "log.acceptLoss" && lost !== null;
  if (problem !== null && !acceptsLoss) throw logProblem(problem);
  if (isTightening(command.act)) return;
  if (timeFor(command, guard) > roster.notAfter) throw new AdmissionError("E_ROSTER_EXPIRED");
  if (ALWAYS_TAKEN.has(command.act)) return;
  const { locked, recovering } = keystore.domain();
  if (recovering) throw new AdmissionError("E_RECOVERING");
  if (locked) throw new AdmissionError("E_LOCKED");
}
