import { alarmOf } from "./model-clock.ts";
import { append } from "./model-log.ts";
import type { ModelAnswer, ModelApproval, ModelState } from "./model-state.ts";

/** A refusal with the people whose approvals had verified: only those get an entry. */
export interface Judged {
  readonly code: string;
  readonly stood: boolean;
}

/** The code that an approval's verification ends with under the roster in force; null for one that verifies. */
export function verify(state: ModelState, { credId, wrong, list }: ModelApproval): string | null {
  const found = state.credentials.get(credId);
  if (found === undefined) return "E_CRED_UNKNOWN";
  return found.hosted && list.length > 1 ? "E_CHANNEL" : wrong;
}

/** One transaction: after a step of the clock its first entry says so. Whole or not at all. */
export function write(state: ModelState, work: () => number): number {
  const before = { size: state.log.length, newest: state.clock.newest };
  if (!state.stepNoted && alarmOf(state.clock) !== null) append(state, "clock", "agent");
  try {
    const first = work();
    state.stepNoted = alarmOf(state.clock) !== null;
    return first;
  } catch (error) {
    state.log.length = before.size;
    state.clock.newest = before.newest;
    throw error;
  }
}

/** A refusal: an entry the first time that people stood behind it, else a count. */
export function refuse(state: ModelState, hash: string, { code, stood }: Judged): ModelAnswer {
  const once = `${hash}/${code}`;
  const writes = code !== "E_RECOVERING" && !state.recovering && !state.rolledBack;
  const records = stood && writes && !state.refused.has(once);
  if (records) {
    state.refused.add(once);
    write(state, () => append(state, "command.refused", hash));
  } else state.counted.push(code);
  return { outcome: "refused", code };
}

/** A second decision of the same kind by the same passkey takes the place of the first. */
export function withApproval(approvals: readonly ModelApproval[], approval: ModelApproval): ModelApproval[] {
  const at = approvals.findIndex(
    ({ credId, decision }) => credId === approval.credId && decision === approval.decision,
  );
  return at < 0 ? [...approvals, approval] : approvals.with(at, approval);
}
