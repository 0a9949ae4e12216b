import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { ProtocolError } from "../errors.ts";
import { agentSchema } from "../roster/roster.ts";
import { chainSchema, type RosterLink } from "../roster/roster-link.ts";
import { type RosterChain, verifyRosterChain } from "../roster/verify-roster-chain.ts";
import { tid } from "../schema/fields.ts";
import { type Infer, literal, object, word } from "../schema/schema.ts";
import { wordsOf } from "../words/words-of.ts";

const bundle = object({
  file: literal("join-bundle"),
  ver: literal(1),
  tid,
  chain: chainSchema,
  /** Where the joining agent finds the domain's store: none yet, so it is a witness and serves no keys. */
  store: word("none"),
});

const request = object({ file: literal("join-request"), ver: literal(1), tid, agent: agentSchema });

/** What an agent is given to join a domain by: whose domain it is, and nothing secret. */
export type JoinBundle = Infer<typeof bundle>;
/** What a joining agent says of itself, for the domain's administrators to take it in. Nothing secret either. */
export type JoinRequest = Infer<typeof request>;

/** Reads a bundle from JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseJoinBundle(value: unknown): JoinBundle {
  return bundle.read(value, "bundle");
}

/** Reads a request from JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseJoinRequest(value: unknown): JoinRequest {
  return request.read(value, "request");
}

/**
 * Verifies a bundle's chain and that its words are those that a person read from a console of the domain.
 *
 * @param words - The eight words as the person typed them.
 * @throws {@link ProtocolError} `E_GENESIS` for another domain's words, and as {@link verifyRosterChain}
 * @see docs/spec/root-transfer.md section 1
 */
export async function verifyJoinBundle(given: Untrusted<JoinBundle>, words: string): Promise<Verified<RosterChain>> {
  const chain = await verifyRosterChain(given.chain as Untrusted<readonly RosterLink[]>);
  const typed = words.trim().toLowerCase().split(/\s+/).join(" ");
  // The chain's own domain decides; what the bundle says beside it is not believed.
  if (given.tid !== chain.tid || typed !== wordsOf(chain.tid).join(" "))
    throw new ProtocolError("E_GENESIS", "The words are not those of the bundle's domain.");
  return markVerified(chain);
}
