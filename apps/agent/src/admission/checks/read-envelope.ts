import {
  type Command,
  commandHash,
  decodeBase64url,
  docHash,
  type Envelope,
  encodeEnvelope,
  parseCommand,
  parseEnvelope,
} from "@holdfast/protocol";

/** An envelope that was read: nothing in it is verified yet. */
export interface ReadEnvelope {
  readonly bytes: Uint8Array;
  readonly envelopeHash: string;
  readonly envelope: Envelope;
  readonly command: Command;
  readonly hash: string;
}

/**
 * Steps 1 to 3: shape and size, canonical bytes, a known act with its arguments.
 *
 * @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_SCHEMA`, `E_UNSUPPORTED`, `E_ARGS`
 */
export function readEnvelope(bytes: Uint8Array): ReadEnvelope {
  const envelope = parseEnvelope(bytes);
  const document = decodeBase64url(envelope.doc);
  const command = parseCommand(document);
  return { bytes, envelope, command, hash: commandHash(document), envelopeHash: docHash("env", bytes) };
}

/** Puts a command, its approvals, its proposer's signature and what was introduced for it into an envelope. */
export function makeEnvelope({
  doc,
  approvals,
  proposal,
  intros,
}: Pick<Envelope, "doc" | "approvals" | "proposal" | "intros">): ReadEnvelope {
  const rest = { ...(proposal === undefined ? {} : { proposal }), ...(intros === undefined ? {} : { intros }) };
  return readEnvelope(encodeEnvelope({ typ: "env", ver: 1, doc, approvals, ...rest }));
}
