import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { type Signed, signedSchema, verifySigned } from "../receipt/signed.ts";
import type { RosterAgent } from "../roster/roster.ts";
import { chainSchema, type RosterLink } from "../roster/roster-link.ts";
import { type RosterChain, verifyRosterChain } from "../roster/verify-roster-chain.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, base64urlBytes, p256Point, rosterReference, tid } from "../schema/fields.ts";
import { type Infer, literal, object } from "../schema/schema.ts";

/** The root key and its tag. */
const SEALED_ROOT_BYTES = 48;

const transfer = object({
  typ: literal("rootxfer"),
  ver: literal(1),
  tid,
  from: aid,
  to: aid,
  /** The newest roster of the sender: the one by which it sends, and that names the receiver. */
  roster: rosterReference,
  /** The sender's newest signed checkpoint: the note's bytes. */
  checkpoint: base64urlBytes(1, 16_384),
  enc: p256Point,
  ct: base64urlBytes(SEALED_ROOT_BYTES),
});

/** A domain's root key, sealed by one of its agents to another. */
export type RootTransfer = Infer<typeof transfer>;

const codec = documentCodec("rootxfer", transfer);

/** Reads a transfer's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseRootTransfer = codec.parse;

/** Encodes a transfer; the sender signs `rawSignatureBase("rootxfer", docHash("rootxfer", bytes))`. @throws {@link ProtocolError} `E_SCHEMA` */
export const encodeRootTransfer = codec.encode;

/** HPKE info of a transfer: all of it but what HPKE makes. What is sealed for one place opens in no other. */
export function rootTransferInfo(header: Omit<RootTransfer, "enc" | "ct">): Uint8Array<ArrayBuffer> {
  const { typ, ver, tid, from, to, roster, checkpoint } = header;
  const { seq, hash } = roster;
  return encodeCanonical({ typ, ver, tid, from, to, roster: { seq, hash }, checkpoint });
}

const transferFile = object({
  file: literal("root-transfer"),
  ver: literal(1),
  transfer: signedSchema,
  chain: chainSchema,
});

/** A transfer as it travels, with the chain that names sender and receiver. */
export type RootTransferFile = Infer<typeof transferFile>;

/** Reads a transfer file's JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseRootTransferFile(value: unknown): RootTransferFile {
  return transferFile.read(value, "transfer");
}

/** Who receives: what it pinned when it joined, and its own keys. */
export interface TransferReceiver {
  /** The chain it verified last, whose words were compared. */
  readonly pinned: Verified<RosterChain>;
  readonly own: Pick<RosterAgent, "aid" | "aik" | "alk" | "hpke">;
  /** Unix seconds. */
  readonly now: number;
}

/** A transfer that may be opened. */
export interface CheckedTransfer {
  readonly transfer: RootTransfer;
  readonly chain: Verified<RosterChain>;
  readonly sender: RosterAgent;
}

/**
 * Verifies a transfer up to its opening: the chain goes on from the pinned one and is not older, its newest roster names the
 * sender and the receiver with the receiver's own keys, and the sender signed.
 *
 * Caller must: open `ct` with {@link rootTransferInfo} and see that the root is the one that `rootCommit` of the newest
 * roster commits to, else refuse it with `E_ROOT` too; check the checkpoint's signature by the sender's alk; take nothing
 * before.
 *
 * @throws {@link ProtocolError} `E_ROOT`; `E_SIG` for a signature that is not the sender's; the codes of
 *   {@link parseRootTransfer} and {@link verifyRosterChain}
 * @see docs/spec/root-transfer.md section 4
 */
export async function verifyRootTransfer(
  file: Untrusted<RootTransferFile>,
  { pinned, own, now }: TransferReceiver,
): Promise<Verified<CheckedTransfer>> {
  const given = parseRootTransfer(decodeBase64url(file.transfer.doc));
  const chain = await verifyRosterChain(file.chain as Untrusted<readonly RosterLink[]>);
  if (chain.tid !== pinned.tid || given.tid !== pinned.tid) throw refused("it is of another domain");
  const known = pinned.head.roster.seq;
  if (chain.rosters[known]?.hash !== pinned.head.hash)
    throw refused("its administrators are older than those known here, or others");
  const { roster, hash } = chain.head;
  if (given.roster.seq !== roster.seq || given.roster.hash !== hash)
    throw refused("it was sent under other administrators than it brings");
  if (now > roster.notAfter) throw refused("its administrators have run out");
  const sender = roster.agents.find((each) => each.aid === given.from);
  if (sender === undefined || given.from === own.aid) throw refused("its sender is not in the roster");
  if (given.to !== own.aid) throw refused("it is for another key server");
  const entry = roster.agents.find((each) => each.aid === own.aid);
  if (entry?.aik !== own.aik || entry.alk !== own.alk || entry.hpke !== own.hpke)
    throw refused("no link has taken this key server in");
  const kind = { typ: "rootxfer", purpose: "rootxfer", parse: parseRootTransfer } as const;
  const verified = await verifySigned(file.transfer as Untrusted<Signed>, kind, sender.aik);
  return markVerified({ transfer: verified, chain, sender });
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_ROOT", `The root key is refused: ${problem}.`);
}
