import { ACTS, isDelayable, isSupportedAct, type PolicyRule } from "@holdfast/protocol";

type Ruled = PolicyRule["act"];
type Rules = readonly PolicyRule[];

/** Acts that have no rule of their own yet, of those that key servers carry out. */
export function actsWithoutRule(policy: Rules): Ruled[] {
  return ACTS.filter((act) => isSupportedAct(act) && !policy.some((rule) => rule.act === act));
}

/** Whether a rule of the act may say how long it waits: where key servers take no delay, only one that stands already, to be ended. */
export function offersDelay(policy: Rules, act: Ruled): boolean {
  return isDelayable(act) || policy.some((rule) => rule.act === act && rule.delaySec > 0);
}

/** Why the form asks for no delay. */
export function noDelayText(act: Ruled): string {
  return act === "*"
    ? "It waits for nothing once it is approved. Give a delay to the acts that should have one, each by a rule of its own: only acts on one key can wait."
    : "It waits for nothing once it is approved: only acts on one key, such as destroying it, can wait a delay. Ask for more approvals instead.";
}

/** Whether who proposed it can be left out: nobody is the proposer of a change of administrators and rules. */
export function offersNoSelf(act: Ruled): boolean {
  return act !== "roster.update";
}
