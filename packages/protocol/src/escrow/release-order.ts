import { DECISION } from "../approval/challenges.ts";
import { verifyApproval } from "../approval/verify-approval.ts";
import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { channelCounts } from "../command/acts.ts";
import { type Command, parseCommand } from "../command/command.ts";
import { parseEnvelope } from "../command/envelope.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { commandHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { findCredential, isInGroups, isLocalDomain, quorumFor } from "../roster/quorum.ts";
import { findAgent, type RosterChain, verifyRosterChain } from "../roster/verify-roster-chain.ts";
import { base64urlBytes, visibleAscii } from "../schema/fields.ts";
import { type Infer, object } from "../schema/schema.ts";
import { wordsOf } from "../words/words-of.ts";
import { backupHash, type EscrowedManifest, verifyEscrowedManifest } from "./backup-manifest.ts";
import { parseSealedShares, type SealedShares } from "./sealed-shares.ts";

const releaseOrder = object({
  /** The manifest's bytes and the agent's signature. */
  manifest: base64urlBytes(2, 65_536),
  manifestSig: visibleAscii(600),
  /** The sealed shares' bytes. */
  shares: base64urlBytes(2, 8_388_608),
  /** The command with the approvals it has. */
  envelope: base64urlBytes(2, 524_288),
});

/** All that a custodian's tool needs to judge a release, and nothing secret. */
export type ReleaseOrder = Infer<typeof releaseOrder>;

/** Reads an order from JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseReleaseOrder(value: unknown): ReleaseOrder {
  return releaseOrder.read(value, "order");
}

/** A release that was checked: who may have the shares. */
export interface CheckedOrder {
  readonly tid: string;
  /** The domain's eight words, for a custodian to compare with those on paper. */
  readonly words: readonly string[];
  readonly backup: string;
  readonly manifest: EscrowedManifest;
  readonly shares: SealedShares;
  readonly chain: Verified<RosterChain>;
  readonly command: Command<"escrow.release">;
  readonly releaseCmd: string;
  /** Approvals that count, and how many are needed. In a domain with a local administrator the custodians alone decide. */
  readonly have: number;
  readonly need: number;
}

/** How far ahead of this clock a command may be dated, in seconds. */
const AHEAD_SECONDS = 600;

/**
 * Checks a release as far as it has come: the backup's manifest, the chain from its genesis, the command, and every
 * approval. It may still lack approvals: see `have` and `need`.
 *
 * Caller must: compare the words with what the custodian keeps on paper.
 *
 * @param now - Unix seconds.
 * @throws {@link ProtocolError} `E_SIG`, `E_TENANT`, `E_UNSUPPORTED`, `E_ARGS`, `E_EXPIRED`, `E_CRED_UNKNOWN`, `E_ASSERT_…`, and
 *   those of {@link verifyRosterChain}
 * @see docs/spec/backup.md, release
 */
export async function checkReleaseOrder(order: Untrusted<ReleaseOrder>, now: number): Promise<Verified<CheckedOrder>> {
  const manifestBytes = decodeBase64url(order.manifest);
  const manifest = await verifyEscrowedManifest(manifestBytes, order.manifestSig);
  const backup = backupHash(manifestBytes);
  const shares = parseSealedShares(decodeBase64url(order.shares));
  if (shares.tid !== manifest.tid || shares.manifest !== backup)
    throw new ProtocolError("E_TENANT", "The shares are of another backup.");
  const chain = await verifyRosterChain(shares.chain);
  if (chain.tid !== manifest.tid) throw new ProtocolError("E_TENANT", "The administrators are of another environment.");
  const { roster, hash } = chain.head;
  if (manifest.roster.seq !== roster.seq || manifest.roster.hash !== hash)
    throw new ProtocolError("E_ROSTER_SEQ", "The backup was made under other administrators than those it carries.");
  if (findAgent(chain, manifest.aid)?.aik !== manifest.aik)
    throw new ProtocolError("E_SIG", "The backup was made by a key server that the administrators do not name.");
  const envelope = parseEnvelope(decodeBase64url(order.envelope));
  const doc = decodeBase64url(envelope.doc);
  const command = parseCommand(doc);
  const releaseCmd = commandHash(doc);
  if (command.act !== "escrow.release") throw new ProtocolError("E_ARGS", "The command releases nothing.");
  if (command.tid !== chain.tid) throw new ProtocolError("E_TENANT", "The command is of another environment.");
  if (command.args.backup !== backup) throw new ProtocolError("E_ARGS", "The command releases another backup.");
  if (command.roster.seq !== roster.seq || command.roster.hash !== hash)
    throw new ProtocolError("E_ROSTER_SEQ", "The command names other administrators.");
  if (now > command.exp || command.issued > now + AHEAD_SECONDS)
    throw new ProtocolError("E_EXPIRED", "The release's time is over, or has not come.");
  const { maxTtlSec } = quorumFor(roster, "escrow.release");
  if (command.exp - command.issued > maxTtlSec)
    throw new ProtocolError("E_EXPIRED", "The release would live longer than the rules allow.", { maxTtlSec });
  const counted = await countApprovals(envelope.approvals, releaseCmd, chain);
  return markVerified({
    ...{ tid: chain.tid, words: wordsOf(chain.tid), backup, manifest, shares, chain, command, releaseCmd },
    ...counted,
  });
}

async function countApprovals(
  approvals: ReturnType<typeof parseEnvelope>["approvals"],
  hash: string,
  chain: Verified<RosterChain>,
): Promise<{ have: number; need: number }> {
  const { roster } = chain.head;
  const { m, groups } = quorumFor(roster, "escrow.release");
  if (isLocalDomain(roster)) return { have: 0, need: 0 };
  const people = new Set<string>();
  for (const approval of approvals) {
    const found = findCredential(roster, approval.credId);
    if (found === null || !approval.list.includes(hash))
      throw new ProtocolError("E_CRED_UNKNOWN", "An approval is by somebody else, or of something else.");
    await verifyApproval(approval, found.credential);
    const counts =
      isInGroups(found.administrator, groups) && channelCounts(found.credential.channel, "escrow.release", true);
    if (approval.decision === DECISION.reject)
      throw new ProtocolError("E_ARGS", "An administrator has rejected the release.");
    if (approval.decision === DECISION.approve && counts) people.add(found.administrator.adm);
  }
  return { have: people.size, need: m };
}
