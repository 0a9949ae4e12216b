import {
  type LinkIntroductions,
  type PinnedRoster,
  type Roster,
  type VerifiedRoster,
  verifyLinkIntroductions,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { Introductions } from "../introductions/introductions.ts";

/**
 * Step 8 for a link: what it adds was given to this agent by the newcomers themselves.
 *
 * Passkeys and key servers come with their introductions; a witness's key is one that this agent took. A key that backups are sealed to
 * cannot be introduced, so no link changes it.
 *
 * @param at - When the link was accepted, Unix seconds.
 * @param due - It waited its delay: that this agent took them was judged at acceptance.
 * @throws {@link ProtocolError}, {@link AdmissionError} `E_INTRO`
 * @see docs/spec/introduction.md
 */
export function checkNewcomers(
  { roster: old }: Pick<VerifiedRoster, "roster">,
  next: PinnedRoster,
  intros: readonly string[],
  { introductions, at, due }: { readonly introductions: Pick<Introductions, "find" | "all">; at: number; due: boolean },
): LinkIntroductions {
  const verified = verifyLinkIntroductions(old, next, intros, at);
  if (due) return verified;
  for (const hash of verified.keys())
    if (introductions.find(hash) === null)
      throw new AdmissionError("E_INTRO", "What the change adds was not given to this key server.");
  checkWitnesses(old, next.roster, introductions);
  if (old.backupTo.pub !== next.roster.backupTo.pub)
    throw new AdmissionError("E_INTRO", "No change of administrators moves backups to another key.");
  return verified;
}

function checkWitnesses(old: Roster, next: Roster, introductions: Pick<Introductions, "all">): void {
  for (const { name, vkey } of next.witnesses) {
    if (old.witnesses.some((one) => one.name === name && one.vkey === vkey)) continue;
    const given = introductions.all().some(({ introduction: { object } }) => {
      return object.kind === "witness" && object.name === name && object.vkey === vkey;
    });
    if (!given) throw new AdmissionError("E_INTRO", "A witness that the change adds was not introduced here.");
  }
}
