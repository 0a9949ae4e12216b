import { isAct, isSupportedAct, type Roster, targetKind } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";

/**
 * Refuses rules that would make an act impossible at this agent: it delays acts on one key, and changes of the roster.
 *
 * Rules that stand already are left alone.
 *
 * @throws {@link AdmissionError} `E_UNSUPPORTED`
 */
export function checkDelays(old: Pick<Roster, "policy">, next: Pick<Roster, "policy">): void {
  for (const { act, delaySec } of next.policy) {
    if (delaySec === 0 || act === "roster.update" || isDelayable(act)) continue;
    if (old.policy.some((rule) => rule.act === act && rule.delaySec === delaySec)) continue;
    throw new AdmissionError("E_UNSUPPORTED", `This version delays acts on a key only, and ${act} is none.`, { act });
  }
}

function isDelayable(act: string): boolean {
  return isAct(act) && isSupportedAct(act) && targetKind(act) === "key";
}
