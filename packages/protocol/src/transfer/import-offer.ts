import type { Untrusted, Verified } from "../brand.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { type Signed, signedSchema, verifySigned } from "../receipt/signed.ts";
import { parseRosterChain, type RosterLink } from "../roster/roster-link.ts";
import { findAgent, verifyRosterChain } from "../roster/verify-roster-chain.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, base64urlBytes, hash, tid, time } from "../schema/fields.ts";
import { type Infer, integer, literal, object, word } from "../schema/schema.ts";
import { MAX_IMPORTED_KEYS, TRANSFER_FORMS } from "./imported-key.ts";

const offer = object({
  typ: literal("import"),
  ver: literal(1),
  tid,
  aid,
  /** Hash of the command that began the import. */
  importId: hash,
  form: word(...TRANSFER_FORMS),
  /** `hpke`: an uncompressed P-256 point; otherwise the SubjectPublicKeyInfo of an RSA key. */
  pub: base64urlBytes(65, 1024),
  most: integer(1, MAX_IMPORTED_KEYS),
  exp: time,
});

/** A one-time public key to which keys are sealed for one agent. */
export type ImportOffer = Infer<typeof offer>;

const codec = documentCodec("import", offer);

/** Reads an offer's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseImportOffer = codec.parse;

/** Encodes an offer; the agent signs `rawSignatureBase("import", docHash("import", bytes))`. @throws {@link ProtocolError} `E_SCHEMA` */
export const encodeImportOffer = codec.encode;

/** What HPKE binds a sealed key to: this offer's agent, import and public key. @see docs/spec/transfer.md */
export function importInfo({ tid, aid, importId, pub }: Pick<ImportOffer, "tid" | "aid" | "importId" | "pub">) {
  return encodeCanonical({ tid, aid, importId, pub });
}

/** An offer as it travels: with the administrators' chain, so that who has it needs no agent to check it. */
export interface OfferFile {
  readonly offer: Signed;
  readonly chain: readonly RosterLink[];
}

/** Reads an offer file's JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseOfferFile(value: unknown): Untrusted<OfferFile> {
  const { offer: signed, chain } = (value ?? {}) as { offer?: unknown; chain?: unknown };
  return { offer: signedSchema.read(signed, "offer"), chain: parseRosterChain(chain) } as Untrusted<OfferFile>;
}

/**
 * Verifies that an offer is of an agent that the chain's newest roster names.
 *
 * Caller must: compare the words of `tid` with those of the key server's console, and judge `exp`.
 *
 * @throws {@link ProtocolError} `E_SIG` for an agent that the newest roster does not have, or a signature that is not
 *   that agent's; the codes of {@link verifyRosterChain} and {@link parseImportOffer}
 */
export async function verifyImportOffer({
  offer: signed,
  chain,
}: Untrusted<OfferFile>): Promise<Verified<ImportOffer>> {
  const verified = await verifyRosterChain(chain as Untrusted<readonly RosterLink[]>);
  const unread = parseImportOffer(decodeBase64url(signed.doc));
  const agent = findAgent(verified, unread.aid);
  const isPresent = verified.head.roster.agents.some((each) => each.aid === unread.aid);
  if (agent === null || !isPresent || unread.tid !== verified.tid)
    throw new ProtocolError("E_SIG", "The offer is of no key server of this environment.");
  return verifySigned(
    signed as Untrusted<Signed>,
    { typ: "import", purpose: "import", parse: parseImportOffer },
    agent.aik,
  );
}
