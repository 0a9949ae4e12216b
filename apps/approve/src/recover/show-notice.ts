import { element, factRow, notice as note } from "../show/element.ts";
import { showDue, showDuration, showMoment } from "../show/time.ts";
import type { PasskeyChange, ReadNotice } from "./recovery-state.ts";

/** What a recovery, or a change of the replacement keys, does: from its own bytes. */
export function showNotice({ notice, old, next, people }: ReadNotice, now: number): HTMLElement {
  const { kind, have, need, due, exp, signedBy, unsigned, displaces } = notice;
  const signers = kind === "recover" ? "replacement keys" : "administrators";
  return element(
    "dl",
    { class: "panel facts" },
    ...(kind === "recover"
      ? people.map((each) => factRow(each.label, personText(each)))
      : [
          factRow("Replacement keys now", keysText(old.recovery)),
          factRow("Replacement keys then", keysText(next.recovery)),
        ]),
    factRow("Everything else", kind === "recover" ? "stays: keys, clients, rules, key servers" : "as the change says"),
    displaces > 0
      ? factRow(
          "Ends",
          displaces === 1
            ? "an approved change of administrators and rules that waits its delay"
            : `${displaces} approved changes of administrators and rules that wait their delay`,
        )
      : null,
    factRow("Signed by", `${have} of ${need} ${signers}`, signedBy.length === 0 ? "" : `: ${signedBy.join(", ")}`),
    unsigned.length > 0 && due !== null ? factRow("May sign as well", unsigned.join(", ")) : null,
    factRow(
      "In force",
      due === null
        ? `not yet: it waits for signatures, until ${showMoment(exp, now)}`
        : element("span", {}, element("strong", {}, showDue(due, now)), ", or later: only running time counts"),
    ),
  );
}

/** Who may stop it, and where. */
export function showObjection(
  { notice: { kind, hash, mayObject, status, due, unsigned } }: ReadNotice,
  now: number,
): HTMLElement | null {
  if (kind === "keys" || status !== "scheduled") return null;
  if (!mayObject)
    return note(
      "quiet",
      "Nobody can stop this recovery.",
      `${unsigned.length === 0 ? "Every replacement key signed it" : "A recovery was stopped once before at this place"}: nobody with a stolen passkey can keep the owners out.`,
    );
  const made = note(
    "warning",
    "Did you not expect this?",
    `Whoever still has a passkey of this environment can stop it once, until ${showMoment(due ?? now, now)} at least. Then find out who had the replacement key.`,
  );
  made.append(element("p", {}, element("a", { href: `/approve#${hash}` }, "Stop it with a passkey")));
  return made;
}

function personText({ added, removed, leaves }: PasskeyChange): string {
  if (leaves) return "is administrator no more";
  const count = added.length;
  const gets = count === 1 ? "gets 1 new passkey" : `gets ${count} new passkeys`;
  if (removed === 0) return gets;
  return `${gets}; ${removed === 1 ? "the one before is" : `the ${removed} before are`} no longer good`;
}

function keysText({ keys, m, delaySec }: ReadNotice["old"]["recovery"]): string {
  return keys.length === 0 ? "none" : `${m} of ${keys.length}, after ${showDuration(delaySec)}`;
}
