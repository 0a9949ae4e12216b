import { documentCodec } from "../schema/document.ts";
import { aid, base64urlBytes, hash, plainId, plainText, visibleAscii } from "../schema/fields.ts";
import { type Infer, integer, literal, object, optional, set, text, word } from "../schema/schema.ts";

/** Most bytes of one of these: they travel after the # of an address. */
export const MOST_HOSTED_BYTES = 96 * 1024;

const NAME = "[A-Za-z0-9_-]{1,128}";
const PLACE = new RegExp(`^/${NAME}/${NAME}$`);
const ORIGIN =
  /^(?:https:\/\/[a-z0-9.-]{1,253}|http:\/\/[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.localhost)(?::[1-9][0-9]{0,4})?$/;

const credId = base64urlBytes(16, 1023);
/** An environment's place in the dashboard: two path segments. */
const place = text((value) => PLACE.test(value), "a place in the dashboard");
const origin = text((value) => ORIGIN.test(value), "an origin of a page");
/** Decoded, and refused by its own codes, by the agent. */
const assertion = {
  credId: visibleAscii(1400),
  clientDataJSON: visibleAscii(8192),
  authData: visibleAscii(8192),
  sig: visibleAscii(1400),
};

const askShape = object({
  typ: literal("hosted-ask"),
  ver: literal(1),
  place,
  docs: set(base64urlBytes(1, MOST_HOSTED_BYTES), 1, 1),
  creds: set(credId, 1, 64),
});

const changeAskShape = object({
  typ: literal("hosted-change-ask"),
  ver: literal(1),
  place,
  doc: base64urlBytes(1, MOST_HOSTED_BYTES),
  /** The list that the change follows, where the dashboard has it. */
  base: optional(base64urlBytes(1, MOST_HOSTED_BYTES)),
  creds: set(credId, 1, 64),
});

const answerShape = object({
  typ: literal("hosted-answer"),
  ver: literal(1),
  approval: object({ decision: integer(1, 2), list: set(hash, 1, 1), ...assertion }),
});

const passkeyAskShape = object({
  typ: literal("hosted-passkey-ask"),
  ver: literal(1),
  aid,
  inviteId: plainId,
  adm: plainId,
  /** What the passkey is called in the browser's list. */
  name: plainText(1, 200),
  /** Passkeys of the same person: a device that holds one of them makes no second one. */
  have: set(credId, 0, 64),
  attestation: word("none", "direct"),
  /** The agent's page, which takes the passkey. */
  back: origin,
});

const passkeyAnswerShape = object({
  typ: literal("hosted-passkey"),
  ver: literal(1),
  inviteId: plainId,
  attestation: object({ clientDataJSON: visibleAscii(8192), attestationObject: visibleAscii(32_768) }),
  possession: object(assertion),
});

/** Commands that the dashboard asks the hosted page to decide on. */
export type HostedAsk = Infer<typeof askShape>;
/** A change of administrators and rules that the dashboard asks the hosted page to stop. */
export type HostedChangeAsk = Infer<typeof changeAskShape>;
/** What was decided there, to be carried to the agents. */
export type HostedAnswer = Infer<typeof answerShape>;
/** A passkey that the agent's page asks the hosted page to make. */
export type HostedPasskeyAsk = Infer<typeof passkeyAskShape>;
/** The passkey that was made there, and its first signature. */
export type HostedPasskey = Infer<typeof passkeyAnswerShape>;

/**
 * What goes to the hosted page and comes back, after the # of an address. None of it is signed or believed: what it holds
 * is judged by its own signatures where it arrives.
 *
 * Each parses and encodes by one schema. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA`
 * @see docs/spec/hosted-page.md
 */
export const hostedAsk = documentCodec("hosted-ask", askShape, MOST_HOSTED_BYTES);
export const hostedChangeAsk = documentCodec("hosted-change-ask", changeAskShape, MOST_HOSTED_BYTES);
export const hostedAnswer = documentCodec("hosted-answer", answerShape, MOST_HOSTED_BYTES);
export const hostedPasskeyAsk = documentCodec("hosted-passkey-ask", passkeyAskShape, MOST_HOSTED_BYTES);
export const hostedPasskey = documentCodec("hosted-passkey", passkeyAnswerShape, MOST_HOSTED_BYTES);
