import type { Untrusted, Verified } from "../brand.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { docHash } from "../encoding/hash.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, code, hash, rosterReference, tid, time } from "../schema/fields.ts";
import { type Infer, integer, literal, object, optional, word } from "../schema/schema.ts";
import { type Signed, verifySigned } from "./signed.ts";

/** What can become of a command. */
export const COMMAND_RESULTS = ["applied", "scheduled", "cancelled", "expired", "refused"] as const;

const receipt = object({
  typ: literal("receipt"),
  ver: literal(1),
  tid,
  cmd: hash,
  envelope: hash,
  aid,
  result: word(...COMMAND_RESULTS),
  code: optional(code),
  pre: optional(hash),
  post: optional(hash),
  leaf: integer(),
  count: integer(0, 1000),
  size: integer(),
  root: hash,
  roster: rosterReference,
  ts: time,
});

/** What can become of a command. */
export type CommandResult = (typeof COMMAND_RESULTS)[number];
/** The agent's signed answer to a command: what became of it, and where the log says so. */
export type Receipt = Infer<typeof receipt>;

const codec = documentCodec("receipt", receipt);

/** Reads a receipt's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseReceipt = codec.parse;

/** Encodes a receipt; the agent signs `rawSignatureBase("receipt", docHash("receipt", bytes))`. @throws {@link ProtocolError} `E_SCHEMA` */
export const encodeReceipt = codec.encode;

/**
 * Verifies that an agent signed a receipt.
 *
 * Caller must: take `aik` from a verified roster chain, and check the leaves the receipt names against a checkpoint,
 * before calling anything "checked".
 *
 * @param aik - COSE_Key of the agent that `receipt.aid` names, base64url.
 * @throws {@link ProtocolError} `E_SIG`, and the codes of {@link parseReceipt}
 */
export function verifyReceipt(signed: Untrusted<Signed>, aik: string): Promise<Verified<Receipt>> {
  return verifySigned(signed, { typ: "receipt", purpose: "receipt", parse: parseReceipt }, aik);
}

/** `post` of a receipt whose command wrote several leaves: the hash of their posts in order. */
export function statesHash(posts: readonly string[]): string {
  return docHash("states", encodeCanonical({ posts }));
}
