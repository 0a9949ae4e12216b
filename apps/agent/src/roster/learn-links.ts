import { firstLinkProof, type LinkProof, readLinkProof, verifyLinkProof } from "@holdfast/custody-report";
import {
  acceptRosterLink,
  decodeBase64url,
  docHash,
  examineRosterLink,
  HoldfastError,
  parseRoster,
  parseRosterLink,
  type Roster,
  type RosterLink,
  type VerifiedRoster,
} from "@holdfast/protocol";
import { AdmissionError, logProblem } from "../admission/errors.ts";
import { type LinkWriter, learnLink } from "./conclude-link.ts";
import { actorOf } from "./link-actor.ts";
import { makeLinkEnvelope, type ReadLink } from "./link-envelope.ts";

/** A link as it is brought, with what proves that it was in force in the log that was lost. */
interface BroughtLink {
  readonly link: RosterLink;
  readonly roster: Roster;
  readonly hash: string;
  readonly proof: LinkProof;
}

/** What came of links that were brought. */
export interface LinksLearnt {
  /** Place of the chain before, and now. */
  readonly from: number;
  readonly seq: number;
}

/** What becomes of a second link for a place. @param learnt - Whether the place's own was learnt after a restore */
export function conflictText(learnt: boolean): string {
  return learnt
    ? "Another change, learnt after the restore, has this place. This one was signed too, and may have been cancelled in the log that was lost; it is kept as evidence."
    : "Another change has this place already. Both were signed; this one is kept as evidence.";
}

/** A second link for an accepted place: who takes it keeps it as evidence. */
export class LinkConflict extends AdmissionError {
  readonly read: ReadLink;
  constructor(read: ReadLink, learnt: boolean) {
    super("E_ROSTER_SEQ", conflictText(learnt), { seq: read.roster.seq });
    this.read = read;
  }
}

/**
 * Takes links that the restored chain lacks: each follows the one before, is signed by everybody whom it takes, and stood in
 * the log that was lost, as a head says that an agent of the roster before it signed. Its delay and its time are over: that
 * log had it in force. A link without that word is learnt by nobody's.
 *
 * Caller must: ask for one thing after the other.
 *
 * @param given - Hostile; genesis and links that are known already are passed over.
 * @param aid - This key server: a roster that does not name it is not for it.
 * @throws {@link AdmissionError} `E_PRESTATE` unless the agent recovers, `E_ROSTER_SEQ` where one is missing or another has its place,
 *   `E_LINK_PROOF`; {@link ProtocolError}
 * @see docs/spec/roster.md section 10
 */
export async function learnLinks(given: readonly unknown[], aid: string, writer: LinkWriter): Promise<LinksLearnt> {
  const { rosters, problem, keystore } = writer.context;
  if (problem !== null) throw logProblem(problem);
  if (!keystore.domain().recovering)
    throw new AdmissionError(
      "E_PRESTATE",
      "Only a restored key server that nobody has accepted yet learns of changes.",
    );
  const from = rosters.current().roster.seq;
  for (const each of given) {
    const brought = readBrought(each);
    if (brought === null) continue;
    if (brought.roster.seq <= rosters.current().roster.seq) await checkKnown(brought, writer);
    else await learn(brought, aid, writer);
  }
  return { from, seq: rosters.current().roster.seq };
}

async function learn({ link, roster, hash, proof }: BroughtLink, aid: string, writer: LinkWriter): Promise<void> {
  const { rosters, tid } = writer.context;
  const pinned = rosters.current();
  const examined = await examineRosterLink(pinned, link, null);
  const next = await acceptRosterLink(pinned, link, null);
  await prove(proof, { tid, hash, seq: roster.seq, before: pinned.roster });
  if (!roster.agents.some((agent) => agent.aid === aid))
    throw new AdmissionError(
      "E_PRESTATE",
      `Administrators removed this key server from the environment with version ${roster.seq}: a restored copy of it does not go on.`,
      { seq: roster.seq },
      "Use the key server that they kept, and destroy this copy.",
    );
  const read = makeLinkEnvelope({ doc: link.doc, approvals: link.approvals });
  learnLink(read, { link, next, pinned, proof, actor: actorOf({ examined, pinned }) }, writer);
}

/** One for a place that has a link: the same is nothing new, another is evidence if it was signed. */
async function checkKnown({ link, roster, hash }: BroughtLink, { context }: LinkWriter): Promise<void> {
  const { rosters, index } = context;
  if (rosters.at(roster.seq)?.hash === hash) return;
  const before = rosters.at(roster.seq - 1);
  if (before !== null && (await isGood(before, link)))
    throw new LinkConflict(makeLinkEnvelope({ doc: link.doc, approvals: link.approvals }), index.isLearnt(roster.seq));
  throw new AdmissionError("E_ROSTER_SEQ", undefined, { seq: roster.seq });
}

async function isGood(before: VerifiedRoster, link: RosterLink): Promise<boolean> {
  try {
    await acceptRosterLink(before, link, null);
    return true;
  } catch (error) {
    if (error instanceof HoldfastError) return false;
    throw error;
  }
}

async function prove(...[proof, link]: Parameters<typeof verifyLinkProof>): Promise<void> {
  try {
    await verifyLinkProof(proof, link);
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    throw new AdmissionError("E_LINK_PROOF", undefined, { seq: link.seq });
  }
}

/** @returns null for the genesis, which no link is */
function readBrought(given: unknown): BroughtLink | null {
  const { link: text, ...proof } = (given ?? {}) as { readonly link?: unknown };
  const link = parseRosterLink(text);
  const bytes = decodeBase64url(link.doc);
  const roster = parseRoster(bytes);
  if (roster.seq === 0) return null;
  try {
    return { link, roster, hash: docHash("roster", bytes), proof: firstLinkProof(readLinkProof(proof)) };
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    throw new AdmissionError("E_LINK_PROOF", undefined, { seq: roster.seq });
  }
}
