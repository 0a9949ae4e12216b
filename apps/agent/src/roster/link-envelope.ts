import {
  decodeBase64url,
  docHash,
  type Envelope,
  encodeEnvelope,
  parseEnvelope,
  parseRoster,
  type Roster,
} from "@holdfast/protocol";

/** What a link is: administrators' own, or that of recovery keys. */
export type LinkKind = "update" | "recover";

/** An envelope whose document is a roster: nothing in it is verified yet. */
export interface ReadLink {
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  readonly envelopeHash: string;
  readonly roster: Roster;
  /** docHash of the roster. */
  readonly hash: string;
  readonly kind: LinkKind;
}

/**
 * Steps 1 to 3 of admission for a link: shape and size, canonical bytes, known members.
 *
 * @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_SCHEMA`, `E_UNSUPPORTED`
 */
export function readLinkEnvelope(bytes: Uint8Array): ReadLink {
  const envelope = parseEnvelope(bytes);
  const document = decodeBase64url(envelope.doc);
  const roster = parseRoster(document);
  const kind = roster.recover === true ? "recover" : "update";
  return { bytes, envelope, envelopeHash: docHash("env", bytes), roster, hash: docHash("roster", document), kind };
}

/** Puts a roster, its approvals and what was introduced for it into an envelope. */
export function makeLinkEnvelope({
  doc,
  approvals,
  intros = [],
}: Pick<Envelope, "doc" | "approvals" | "intros">): ReadLink {
  return readLinkEnvelope(
    encodeEnvelope({ typ: "env", ver: 1, doc, approvals, ...(intros.length === 0 ? {} : { intros }) }),
  );
}

/** Whether an envelope carries a link of the roster rather than a command; false for what cannot be read. */
export function isLinkEnvelope(bytes: Uint8Array): boolean {
  try {
    const text = Buffer.from(decodeBase64url(parseEnvelope(bytes).doc)).toString("utf8");
    return text.includes('"typ":"roster"') && (JSON.parse(text) as { typ?: unknown }).typ === "roster";
  } catch {
    return false;
  }
}
