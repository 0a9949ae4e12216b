import { type RecoveryChange, type Roster, replacementKeyName, wordsOf } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { INVITATION_SECONDS } from "../introductions/invitations.ts";
import { labelOfKey } from "../introductions/label-of-key.ts";
import { readReplacementKey, replacementKeyAsked } from "../introductions/read-replacement-key.ts";
import { textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { ReplacementKeyBegun, TakenAnswer } from "./answers.ts";
import { introductionView, labelOf } from "./introduction-routes.ts";

type Body = JsonCall["body"];

/** Lets the command line make a replacement key here: what it has to sign, good for ten minutes and once. */
export function beginReplacementKey(
  { identity }: Pick<Agent, "identity">,
  { invitations }: Domain,
  body: Body,
): ReplacementKeyBegun {
  const { word } = invitations.mint({ kind: "replacement-key", label: labelOf(body) }, INVITATION_SECONDS.least);
  return { invitation: word, ...replacementKeyAsked(identity.aid, invitations.look(word).inviteId) };
}

/** Takes the public half of a replacement key that the command line made. @throws {@link IntroductionError} `E_INVITE`, `E_OFFER` */
export async function takeReplacementKey(
  { identity }: Pick<Agent, "identity">,
  { invitations, introductions, keystore }: Domain,
  body: Body,
): Promise<TakenAnswer> {
  const word = textField(body, "invitation", 64);
  const { inviteId } = invitations.look(word);
  const offered = { cose: textField(body, "cose", 256), sig: textField(body, "sig", 256) };
  const object = await readReplacementKey({ aid: identity.aid, inviteId }, offered);
  const { label } = invitations.use(word);
  const taken = introductions.take(object, labelOfKey(object.key, label, keystore.domain().share), "cli");
  return { ...introductionView(taken), words: wordsOf(taken.hash) };
}

/**
 * What a proposal says of the replacement keys: those that come by introduction, those that go, and the rule.
 *
 * @throws {@link HttpRefusal} `E_NOT_FOUND`, `E_SCHEMA`
 */
export function recoveryChangeOf(
  { introductions, rosters }: Pick<Domain, "introductions" | "rosters">,
  body: Body,
  intros: readonly string[],
): { readonly recovery?: RecoveryChange } {
  const { recovery } = rosters.current().roster;
  const add = intros.flatMap((hash) => {
    const object = introductions.find(hash)?.introduction.object;
    return object?.kind === "replacement-key" ? [object.key] : [];
  });
  const remove = body["removeKeys"] === undefined ? [] : textsField(body, "removeKeys", 16);
  const [m, delaySec] = [numberOf(body, "recoveryNeeds"), numberOf(body, "recoveryDelay")];
  if (add.length === 0 && remove.length === 0 && m === undefined && delaySec === undefined) return {};
  return {
    recovery: {
      add,
      remove: remove.map((word) => findKey(recovery, word)),
      ...(m === undefined ? {} : { m }),
      ...(delaySec === undefined ? {} : { delaySec }),
    },
  };
}

/** A replacement key by its name, as lists and sheets show it. */
function findKey({ keys }: Roster["recovery"], word: string): string {
  const found = keys.filter((key) => word.length >= 4 && replacementKeyName(key).startsWith(word));
  if (found[0] === undefined)
    throw new HttpRefusal(404, "E_NOT_FOUND", `There is no replacement key ${word}: see \`recover status\`.`);
  if (found[1] !== undefined)
    throw new HttpRefusal(409, "E_PRESTATE", "Several replacement keys begin so: give the whole name.");
  return found[0].cose;
}

function numberOf(body: Body, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HttpRefusal(400, "E_SCHEMA", `${name} is no number.`);
}
