import { isDelayable, quorumFor, type Roster } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";

/**
 * Refuses rules that this agent cannot keep: it delays acts on one key and changes of the roster, and nobody is the proposer
 * of such a change.
 *
 * Delays that stand already are left alone.
 *
 * @throws {@link AdmissionError} `E_UNSUPPORTED`
 */
export function checkRules(old: Pick<Roster, "policy">, next: Pick<Roster, "policy">): void {
  if (quorumFor(next, "roster.update").noSelf)
    throw new AdmissionError(
      "E_UNSUPPORTED",
      "Nobody is the proposer of a change of the rules, so none can be left out.",
    );
  for (const { act, delaySec } of next.policy) {
    if (delaySec === 0 || isDelayable(act)) continue;
    if (old.policy.some((rule) => rule.act === act && rule.delaySec === delaySec)) continue;
    throw new AdmissionError(
      "E_UNSUPPORTED",
      `Only an act on one key can wait a delay, and ${act === "*" ? "every act that has no rule of its own" : act} is none.`,
      { act },
      act === "*"
        ? "Give a delay to the acts that should have one, by name: `holdfast-agent policy set key.destroy --delay PT24H`."
        : `Ask for more approvals of it instead: \`holdfast-agent policy set ${act} --m 2\`. Acts on one key, such as key.destroy, take a delay.`,
    );
  }
}
