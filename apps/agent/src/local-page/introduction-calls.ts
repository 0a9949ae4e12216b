import { HoldfastError } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { IntroductionError } from "../introductions/errors.ts";
import { readOffer } from "../introductions/read-offer.ts";
import { onlyFields, textField } from "../json-http/fields.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { domainOf } from "./page-domain.ts";

const LONGEST_WORD = 64;
const LONGEST_OFFER = 32_768;

/** What an invitation is for; looking does not use it up. @throws {@link IntroductionError} `E_INVITE` */
export function openInvitation(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["invitation"]);
  const { invitations } = domainOf(agent);
  return onRecord(agent, () => invitations.look(textField(body, "invitation", LONGEST_WORD)));
}

/**
 * Takes what a newcomer gives by an invitation, which is used up by it: of two that come at once one is taken.
 *
 * @returns the introduction's bytes, of which the page makes the words
 * @throws {@link IntroductionError} `E_INVITE`, `E_OFFER` for another kind or for what cannot be read; both leave an
 *   invitation that is good as it is
 */
export async function introduce(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["invitation", "kind", "offer"]);
  const word = textField(body, "invitation", LONGEST_WORD);
  const { invitations, introductions } = domainOf(agent);
  const { kind } = onRecord(agent, () => invitations.look(word));
  if (textField(body, "kind", 32) !== kind) throw new IntroductionError("E_OFFER");
  const object = await readOffer(kind, textField(body, "offer", LONGEST_OFFER));
  const { label } = onRecord(agent, () => invitations.use(word));
  const { doc, hash } = introductions.take(object, label, "page");
  agent.logger.info("introduction.taken", { kind, hash });
  return { doc };
}

/** Refusals of invitations are counted: somebody may be guessing. */
function onRecord<T>(agent: Agent, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HoldfastError) agent.refusals.count(String(error.code));
    throw error;
  }
}
