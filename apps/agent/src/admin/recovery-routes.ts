import type { Roster } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { IntroductionError } from "../introductions/errors.ts";
import { INVITATION_SECONDS } from "../introductions/invitations.ts";
import { findTextField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { RecoveryInvited } from "./answers.ts";

/**
 * Invites an administrator who lost every passkey to make others, at the page that leads through a recovery.
 *
 * @throws {@link HttpRefusal} `E_NOT_FOUND`, `E_SCHEMA` when it is not said which of several; {@link IntroductionError}
 */
export function inviteLost(
  { invitations, guard, rosters }: Domain,
  body: JsonCall["body"],
  pageOrigin: string | null,
): RecoveryInvited {
  if (pageOrigin === null)
    throw new IntroductionError("E_INVITE", "This agent serves no page: start it with --page and --page-origin.");
  const { roster } = rosters.current();
  if (roster.recovery.keys.length === 0)
    throw new HttpRefusal(409, "E_ROSTER_SCHEMA", "This environment has no replacement key that could recover it.");
  const { adm, label } = lostOne(roster, findTextField(body, "who", 128));
  const seconds = INVITATION_SECONDS.most;
  const { word } = invitations.mint({ kind: "administrator", label, adm }, seconds);
  const { inviteId } = invitations.look(word);
  return { adm, label, inviteId, url: `${pageOrigin}/recover#${word}`, expiresAt: guard.time() + seconds };
}

/** What came by an invitation: the hash of the introduction; null until the person has given it. */
export function givenBy({ introductions }: Domain, inviteId: string): { readonly introduction: string | null } {
  const found = introductions.all().find(({ introduction: { object } }) => {
    return object.kind === "administrator" && object.possession.some((one) => one.inviteId === inviteId);
  });
  return { introduction: found?.hash ?? null };
}

function lostOne({ admins }: Roster, who: string | undefined) {
  const named = who === undefined ? admins : admins.filter(({ adm, label }) => adm === who || label === who);
  const [one] = named;
  if (one === undefined) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no administrator of that name.");
  if (named.length > 1) throw new HttpRefusal(400, "E_SCHEMA", "Say which administrator: the name, or the id.");
  return one;
}
