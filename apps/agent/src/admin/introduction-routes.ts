import { describeIntroduction, isPlainText, wordsOf } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { IntroductionError } from "../introductions/errors.ts";
import type { TakenIntroduction } from "../introductions/introductions.ts";
import { INVITATION_SECONDS } from "../introductions/invitations.ts";
import { isOfferedKind, OFFERED_KINDS, type OfferedKind, readOffer } from "../introductions/read-offer.ts";
import { textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { IntroductionView, InvitationAnswer, TakenAnswer } from "./answers.ts";

/** Makes an invitation, and the address of the agent's page that opens it. @throws {@link HttpRefusal} `E_SCHEMA`; {@link IntroductionError} */
export function invite(
  { invitations, guard }: Pick<Domain, "invitations" | "guard">,
  body: JsonCall["body"],
  pageOrigin: string | null,
): InvitationAnswer {
  if (pageOrigin === null)
    throw new IntroductionError("E_INVITE", "This agent serves no page: start it with --page and --page-origin.");
  const seconds = body["seconds"] ?? INVITATION_SECONDS.usual;
  const { least, most } = INVITATION_SECONDS;
  if (typeof seconds !== "number" || !Number.isInteger(seconds) || seconds < least || seconds > most)
    throw new HttpRefusal(400, "E_SCHEMA", "An invitation lives for 10 to 60 minutes.");
  const terms = { kind: kindOf(body), label: labelOf(body) };
  const { id, word } = invitations.mint(terms, seconds);
  return { id, ...terms, url: `${pageOrigin}/introduce#${word}`, expiresAt: guard.time() + seconds };
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

function labelOf(body: JsonCall["body"]): string {
  const label = textField(body, "label", 256).normalize("NFC");
  if (label.length === 0 || label.length > 128 || !isPlainText(label))
    throw new HttpRefusal(400, "E_SCHEMA", "label is 1 to 128 characters of plain text.");
  return label;
}
