import { randomBytes } from "@holdfast/crypto";
import { deriveAdministratorId, describeIntroduction, isName, type Roster, wordsOf } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { IntroductionError } from "../introductions/errors.ts";
import { findHostedOrigin } from "../introductions/hosted-origin.ts";
import type { TakenIntroduction } from "../introductions/introductions.ts";
import { INVITATION_SECONDS, type InvitationTerms } from "../introductions/invitations.ts";
import { isOfferedKind, OFFERED_KINDS, type OfferedKind, readOffer } from "../introductions/read-offer.ts";
import { findTextField, textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { channelOf } from "../roster/channel-of.ts";
import { addressesIn } from "../roster/passkeys-at.ts";
import type { IntroductionView, InvitationAnswer, TakenAnswer } from "./answers.ts";

/** Makes an invitation, and the address of the agent's page that opens it. @throws {@link HttpRefusal} `E_SCHEMA`; {@link IntroductionError} */
export function invite(
  { invitations, guard, rosters }: Pick<Domain, "invitations" | "guard" | "rosters">,
  body: JsonCall["body"],
  pageOrigins: readonly string[],
): InvitationAnswer {
  const [pageOrigin] = pageOrigins;
  if (pageOrigin === undefined)
    throw new IntroductionError("E_INVITE", "This agent serves no page: start it with --page and --page-origin.");
  const seconds = body["seconds"] ?? INVITATION_SECONDS.usual;
  const { least, most } = INVITATION_SECONDS;
  if (typeof seconds !== "number" || !Number.isInteger(seconds) || seconds < least || seconds > most)
    throw new HttpRefusal(400, "E_SCHEMA", "An invitation lives for 10 to 60 minutes.");
  const terms = termsOf(body, rosters.current().roster, { pageOrigin, pageOrigins });
  const { id, word } = invitations.mint(terms, seconds);
  const { kind, label } = terms;
  return { id, kind, label, url: `${pageOrigin}/introduce#${word}`, expiresAt: guard.time() + seconds };
}

/** Whom an invitation is for: somebody new gets an id that this agent draws. */
function termsOf(
  body: JsonCall["body"],
  { admins }: Pick<Roster, "admins">,
  { pageOrigin, pageOrigins }: { readonly pageOrigin: string; readonly pageOrigins: readonly string[] },
): InvitationTerms {
  if (body["kind"] === "replacement-key") return { kind: "replacement-key", label: labelOf(body) };
  if (body["kind"] !== "administrator") return { kind: kindOf(body), label: labelOf(body) };
  const adm = findTextField(body, "adm", 64);
  const hosted = findTextField(body, "hosted", 300);
  if (adm !== undefined) {
    const known = admins.find((one) => one.adm === adm);
    if (known === undefined) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such administrator.");
    const place =
      hosted === undefined ? {} : { hosted: hostedOf(hosted, [...pageOrigins, ...addressesIn({ admins })]) };
    return { kind: "administrator", label: known.label, adm, ...place };
  }
  if (hosted !== undefined)
    throw new HttpRefusal(400, "E_SCHEMA", "A hosted page's passkey is for somebody who has another.");
  if (channelOf(pageOrigin) === "this-machine") throw onlyOne();
  return { kind: "administrator", label: labelOf(body), adm: deriveAdministratorId(randomBytes(16)) };
}

/** @throws {@link HttpRefusal} `E_SCHEMA` */
function hostedOf(text: string, own: readonly string[]): string {
  const origin = findHostedOrigin(text, own);
  if (origin !== null) return origin;
  throw new HttpRefusal(
    400,
    "E_SCHEMA",
    "hosted is the operator's page: https (or http below localhost), a name of its own, and nothing after it.",
  );
}

/** Passkeys of a page on this machine are for one person: nobody else can open it. */
function onlyOne(): HttpRefusal {
  return new HttpRefusal(
    409,
    "E_CHANNEL",
    "This page is for one person on this machine, so nobody else can become an administrator at it.",
  );
}

/** Takes what the local command line brings. @throws {@link HttpRefusal} `E_SCHEMA`; {@link IntroductionError} */
export async function introduce(
  { introductions }: Pick<Domain, "introductions">,
  body: JsonCall["body"],
): Promise<TakenAnswer> {
  const label = labelOf(body);
  const object = await readOffer(kindOf(body), textField(body, "offer", 32_768));
  const taken = introductions.take(object, label, "cli");
  return { ...introductionView(taken), words: wordsOf(taken.hash) };
}

/** One introduction as surfaces list it. Its words are not said again: they are the newcomer's to say. */
export function introductionView({ hash, reference, introduction, by }: TakenIntroduction): IntroductionView {
  const { label, issued, until, object } = introduction;
  const facts = describeIntroduction(introduction).facts.map(([name, value]) => ({ name, value }));
  return { hash, reference, kind: object.kind, label, by, issued, until, facts };
}

function kindOf(body: JsonCall["body"]): OfferedKind {
  const kind = textField(body, "kind", 32);
  if (!isOfferedKind(kind)) throw new HttpRefusal(400, "E_SCHEMA", `kind is one of ${OFFERED_KINDS.join(", ")}.`);
  return kind;
}

/** Whose something is, as whoever brings it says. @throws {@link HttpRefusal} `E_SCHEMA` */
export function labelOf(body: JsonCall["body"]): string {
  const label = textField(body, "label", 256).normalize("NFC");
  if (label.length > 128 || !isName(label))
    throw new HttpRefusal(400, "E_SCHEMA", "label is 1 to 128 characters of plain text, without spaces at its ends.");
  return label;
}
