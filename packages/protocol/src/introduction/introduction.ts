import { docHash } from "../encoding/hash.ts";
import { acknowledgement, custodianRoutes } from "../escrow/custodian.ts";
import { agentSchema, passkeyCredential, recoveryKeySchema } from "../roster/roster.ts";
import { passkeyPossession, recoveryPossession } from "../roster/roster-link.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, base64urlBytes, hash, label, plainId, plainText, tid, time } from "../schema/fields.ts";
import { array, type Infer, integer, literal, object, oneOf, optional, word } from "../schema/schema.ts";

/** SubjectPublicKeyInfo, DER: the largest is RSA-4096. */
const spki = base64urlBytes(32, 600);

const clientKey = object({
  kind: literal("client-key"),
  spki,
  /** Whether a signature of the key itself came with it. */
  proof: word("csr", "none"),
  /** SHA-256 of the certificate, DER, that it came in. */
  certificate: optional(hash),
});
const custodian = object({
  kind: literal("custodian"),
  /** The custodian's place in every backup, drawn by the custodian's own tool. */
  seat: plainId,
  routes: custodianRoutes,
  /** The custodian's signature under the duties. */
  ack: optional(acknowledgement),
});
const recipient = object({ kind: literal("recipient"), spki });
const imported = object({
  kind: literal("import"),
  importId: plainText(1, 64),
  /** SHA-256 of the ciphertext, which stays at the agent that it was given to. */
  content: hash,
  sizeBytes: integer(1),
});
const administrator = object({
  kind: literal("administrator"),
  /** Whom the passkeys are for: drawn by the agent for somebody new, otherwise an administrator's of the roster. */
  adm: plainId,
  creds: array(passkeyCredential, 1, 4),
  /** Each passkey's own signature over the register challenge of the invitation. */
  possession: array(passkeyPossession, 1, 4),
});
const agent = object({ kind: literal("agent"), agent: agentSchema });
const witness = object({ kind: literal("witness"), name: plainText(1, 255), vkey: plainText(1, 512) });
const replacementKey = object({
  kind: literal("replacement-key"),
  key: recoveryKeySchema,
  /** The key's own signature over the recovery challenge of the invitation. */
  possession: recoveryPossession,
});

/** What a newcomer may bring, by kind. */
const introduced = oneOf("kind", {
  "client-key": clientKey,
  custodian,
  recipient,
  import: imported,
  administrator,
  agent,
  witness,
  "replacement-key": replacementKey,
});

const introduction = object({
  typ: literal("intro"),
  ver: literal(1),
  tid,
  /** The agent that it was given to. */
  aid,
  /** Whose it is, as whoever asked for it says. */
  label,
  object: introduced,
  /** Of the agent, drawn after it had the object: nobody else chooses the words. */
  rand: base64urlBytes(16),
  issued: time,
  /** Until when a command that names it is accepted. */
  until: time,
});

/** What a newcomer gave to an agent: a key or the hash of a ciphertext. */
export type IntroducedObject = Infer<typeof introduced>;
/** Kinds of what newcomers give. */
export type IntroductionKind = IntroducedObject["kind"];
/** What a newcomer gave directly to an agent, as commands name it. */
export type Introduction = Infer<typeof introduction>;
/** An introduction of one kind. */
export type IntroductionOf<K extends IntroductionKind> = Introduction & {
  readonly object: Extract<IntroducedObject, { readonly kind: K }>;
};

/** Every kind, in the order in which they are listed. */
export const INTRODUCTION_KINDS = [
  "client-key",
  "custodian",
  "recipient",
  "import",
  "administrator",
  "agent",
  "witness",
  "replacement-key",
] as const satisfies readonly IntroductionKind[];

/** Largest introduction: four passkeys with what their makers say of them. */
const MAX_BYTES = 65_536;

const codec = documentCodec("intro", introduction, MAX_BYTES);

/** Reads an introduction. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseIntroduction = codec.parse;

/** Encodes an introduction. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeIntroduction = codec.encode;

/** The hash that names an introduction; its words are those that a newcomer reads out. */
export function introductionHash(bytes: Uint8Array): string {
  return docHash("intro", bytes);
}
