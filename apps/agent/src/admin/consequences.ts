import { type Act, type Command, describeCommand, durationText, quorumFor } from "@holdfast/protocol";
import { findTarget } from "../admission/compose-command.ts";
import { recentlyUsedKeys, recentUsers } from "../admission/consequences.ts";
import type { Domain } from "../domain.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import { stateAfter } from "../lifecycle/step-key.ts";
import type { ConsequencesAnswer } from "./answers.ts";

/** Acts that stop what applications do. */
const ENDING: ReadonlySet<string> = new Set([
  "key.suspend",
  "key.deactivate",
  "key.compromise",
  "key.destroy",
  "client.revoke",
]);

/**
 * What an act would stop, from the agent's own records: the words that approvers read, and who used what it ends.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a key or client that is not there, or a key whose state the act is no step from
 */
export function consequencesOf(
  { keystore, guard, rosters, local }: Domain,
  asked: { readonly act: string; readonly key: string; readonly client: string; readonly issued: boolean },
): ConsequencesAnswer {
  const { act, key, client, issued } = asked;
  if (!ENDING.has(act)) throw new HttpRefusal(400, "E_SCHEMA", "act is none that stops anything.");
  const target = findTarget({ act, key, client, issued }, keystore);
  const now = guard.time();
  const state = target.kind === "key" ? keystore.findKey(target.keyId)?.state : undefined;
  if (state !== undefined) stateAfter(state, act as Act);
  const recent =
    target.kind === "key" ? recentUsers(keystore, target.keyId, now) : recentlyUsedKeys(keystore, target.client, now);
  const known = target.kind === "key" ? { usedBy: recent, state } : { uses: recent };
  const { lines } = describeCommand({ act, target, args: issued ? { issued } : {} } as unknown as Command, {
    target: known,
  });
  const { m, delaySec } = quorumFor(rosters.current().roster, act as "key.destroy");
  const atOnce = local && m === 1 && delaySec === 0;
  const isFinal = act === "key.destroy";
  const when = isFinal ? [whenDestroyed(atOnce, delaySec)] : [];
  return { label: target.label, lines: [...lines, ...when], recent, atOnce, isFinal };
}

function whenDestroyed(atOnce: boolean, delaySec: number): string {
  if (atOnce) return "It is destroyed at once and for ever: there is no delay with a local administrator.";
  if (delaySec === 0) return "It is destroyed for ever as soon as it is approved: the rule has no delay.";
  return `It is destroyed for ever ${durationText(delaySec)} after it is approved. Until then any administrator can say no, at the approval page or in the dashboard.`;
}
