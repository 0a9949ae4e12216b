import { DECISION } from "../approval/challenges.ts";
import { verifyApproval } from "../approval/verify-approval.ts";
import { markVerified, type Untrusted } from "../brand.ts";
import { channelCounts } from "../command/acts.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { docHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { addedAgents } from "../join/added-agents.ts";
import { verifyMachineEvidence } from "../join/machine-evidence.ts";
import { factsOf } from "./administrator-facts.ts";
import { checkRoster, isSameCredential } from "./check-roster.ts";
import { findCredential, isInGroups, type LinkThreshold, quorumFor } from "./quorum.ts";
import { examineRecovery } from "./recovery.ts";
import { type Administrator, type PinnedRoster, parseRoster, type Roster, type VerifiedRoster } from "./roster.ts";
import type { RosterLink } from "./roster-link.ts";
import { verifyPossession } from "./verify-possession.ts";
import { verifyAddedRecoveryKeys } from "./verify-recovery-possession.ts";

/** How far ahead of the clock a link may be dated. */
const AHEAD_SECONDS = 600;

/** A link of which everything holds but perhaps the number of its approvals. */
export interface ExaminedRosterLink {
  readonly next: PinnedRoster;
  /** Under the roster that it follows. */
  readonly old: LinkThreshold;
  /** Under the roster that it brings. */
  readonly new: LinkThreshold;
}

/**
 * Accepts the next link of the roster chain, or refuses it without changing any state.
 *
 * A link needs enough approvals under the old roster and again under the new one, so that no set of administrators is
 * replaced by one that never agreed to serve. A recover link needs recovery keys of the old roster instead.
 *
 * Trusts: `pinned`. Treats `link` and the order in which links arrive as hostile.
 * Caller must: wait the link's delay ({@link rosterLinkDelay}), persist the result before using it, and keep a second
 * valid link for the same place as evidence.
 *
 * @param pinned - The newest roster accepted so far.
 * @param acceptedAt - When the link was first accepted: now, or the time of the entry that records it. Null where a
 *   reader has no such entry; then `acceptBy` is not judged.
 * @returns The roster to pin next.
 * @throws {@link ProtocolError} `E_TENANT`, `E_ROSTER_SEQ`, `E_ROSTER_SCHEMA`, `E_ROSTER_ATTN`, `E_EXPIRED`,
 *   `E_ROSTER_THRESHOLD`, `E_CRED_UNKNOWN`, `E_ASSERT_…`, `E_SIG`, and the codes of {@link parseRoster}
 * @see docs/spec/roster.md section 4; TUF specification 5.3 (root rotation), the rule this follows
 */
export async function acceptRosterLink(
  pinned: VerifiedRoster,
  link: Untrusted<RosterLink>,
  acceptedAt: number | null,
): Promise<VerifiedRoster> {
  const next = checkRosterLink(pinned, link);
  await judgeCheckedLink(pinned, next, link, acceptedAt);
  return markVerified(next);
}

/**
 * The same for a link that was checked: what is left is time, possession and approvals.
 *
 * Caller must: take the verdict only for a `pinned` that is verified by then, however early it asks.
 *
 * @param next - What {@link checkRosterLink} gave for this link after this roster.
 */
export async function judgeCheckedLink(
  pinned: PinnedRoster,
  next: PinnedRoster,
  link: Untrusted<RosterLink>,
  acceptedAt: number | null,
): Promise<void> {
  const examined = await examineCheckedLink(pinned, next, link, acceptedAt);
  const recovers = examined.next.roster.recover === true;
  demandThreshold(
    examined.old,
    recovers ? "recovery keys have signed" : "administrators of the old roster have approved",
  );
  demandThreshold(examined.new, "administrators of the new roster have approved");
}

/**
 * Checks everything of a link but whether its approvals suffice: they are verified and counted.
 *
 * Caller must: treat what it returns as nobody's decision yet; {@link acceptRosterLink} makes one of it.
 *
 * @throws {@link ProtocolError} as {@link acceptRosterLink}; `E_ROSTER_THRESHOLD` for an added credential without
 *   possession and for an approval of anything but this link alone
 */
export async function examineRosterLink(
  pinned: VerifiedRoster,
  link: Untrusted<RosterLink>,
  acceptedAt: number | null,
): Promise<ExaminedRosterLink> {
  return examineCheckedLink(pinned, checkRosterLink(pinned, link), link, acceptedAt);
}

async function examineCheckedLink(
  pinned: PinnedRoster,
  next: PinnedRoster,
  link: Untrusted<RosterLink>,
  acceptedAt: number | null,
): Promise<ExaminedRosterLink> {
  const { roster } = next;
  if (acceptedAt !== null && (acceptedAt > roster.acceptBy || roster.issued > acceptedAt + AHEAD_SECONDS)) {
    throw new ProtocolError("E_EXPIRED", "The link may not be accepted at this time.", { acceptBy: roster.acceptBy });
  }
  await verifyAdded(pinned.roster, next, link);
  if (roster.recover === true) return { next, ...(await examineRecovery(pinned.roster, next, link.approvals)) };
  const approvers = await verifyLinkApprovals(pinned.roster, next, link);
  return { next, old: countThreshold(pinned.roster, approvers), new: countThreshold(roster, approvers) };
}

/**
 * Checks a link's place, its own rules and what it changes: everything but time, possession and approvals.
 *
 * @returns What the link would pin.
 * @throws {@link ProtocolError} `E_TENANT`, `E_ROSTER_SEQ`, `E_ROSTER_SCHEMA`, `E_ROSTER_ATTN`, and the codes of
 *   {@link parseRoster}
 */
export function checkRosterLink(pinned: PinnedRoster, link: Pick<RosterLink, "doc" | "aikSig">): PinnedRoster {
  const bytes = decodeBase64url(link.doc);
  const roster = parseRoster(bytes);
  checkPlace(pinned, roster);
  checkRoster(roster);
  checkChange(pinned.roster, roster, link);
  return { tid: pinned.tid, hash: docHash("roster", bytes), roster };
}

function checkPlace(pinned: PinnedRoster, { tid, seq, prev }: Roster): void {
  // A second genesis names no domain, and is not one of this domain either.
  if (tid !== pinned.tid) throw new ProtocolError("E_TENANT", "The link belongs to another domain.");
  if (seq !== pinned.roster.seq + 1 || prev !== pinned.hash) {
    throw new ProtocolError("E_ROSTER_SEQ", "The link does not follow the roster accepted last.", {
      seq,
      accepted: pinned.roster.seq,
    });
  }
}

function checkChange(old: Roster, roster: Roster, link: Pick<RosterLink, "aikSig">): void {
  if (roster.rand !== undefined || link.aikSig !== undefined)
    throw broken("only a genesis has random bytes and an agent's signature");
  if (roster.rootCommit !== old.rootCommit) throw broken("a domain keeps its root key");
  for (const administrator of changedAdministrators(old, roster)) {
    for (const credential of administrator.creds) {
      const before = findCredential(old, credential.credId);
      if (before === null) continue;
      const same = before.administrator.adm === administrator.adm && isSameCredential(before.credential, credential);
      if (!same) throw broken("a credential changes under its id");
    }
  }
}

/** Administrators that the old roster does not have as they are. One that is the same object has nothing new. */
function changedAdministrators(old: Roster, { admins }: Roster): readonly Administrator[] {
  if (admins === old.admins) return [];
  const before = factsOf(old.admins).credentials;
  return admins.filter((one) => before.get(one.creds[0]?.credId ?? "")?.administrator !== one);
}

async function verifyAdded(old: Roster, next: PinnedRoster, link: RosterLink): Promise<void> {
  for (const agent of addedAgents(old, next.roster)) await verifyMachineEvidence(agent, next.roster);
  await verifyAddedRecoveryKeys(old, next.roster, link.possession);
  for (const administrator of changedAdministrators(old, next.roster)) {
    for (const credential of administrator.creds) {
      if (findCredential(old, credential.credId) !== null) continue;
      const possession = link.possession.find(({ credId }) => credId === credential.credId);
      if (!possession || !(await verifyPossession(possession, credential, administrator, next))) {
        throw new ProtocolError("E_ROSTER_THRESHOLD", "An added credential does not prove possession.");
      }
    }
  }
}

async function verifyLinkApprovals(
  old: Roster,
  { roster, hash }: PinnedRoster,
  link: RosterLink,
): Promise<Set<string>> {
  const approvers = new Set<string>();
  for (const approval of link.approvals) {
    if (approval.decision !== DECISION.approve || approval.list.length !== 1 || approval.list[0] !== hash) {
      throw new ProtocolError("E_ROSTER_THRESHOLD", "An approval is not of this link alone.");
    }
    const found = findCredential(old, approval.credId) ?? findCredential(roster, approval.credId);
    if (found === null) throw new ProtocolError("E_CRED_UNKNOWN", "An approval is by a credential of neither roster.");
    await verifyApproval(approval, found.credential);
    approvers.add(approval.credId);
  }
  return approvers;
}

function countThreshold(roster: Roster, approvers: ReadonlySet<string>): LinkThreshold {
  const { m, groups } = quorumFor(roster, "roster.update");
  const counting = new Set<Administrator>();
  for (const credId of approvers) {
    const found = findCredential(roster, credId);
    if (found !== null && channelCounts(found.credential.channel, "roster.update", false))
      counting.add(found.administrator);
  }
  const place = (one: Administrator) => roster.admins.indexOf(one);
  const people = [...counting].filter((one) => isInGroups(one, groups)).sort((one, other) => place(one) - place(other));
  return { have: people.length, need: m, by: people.map(({ adm }) => adm) };
}

function demandThreshold({ have, need }: LinkThreshold, who: string): void {
  if (have >= need) return;
  throw new ProtocolError("E_ROSTER_THRESHOLD", `Too few ${who}.`, {
    have,
    need,
  });
}

function broken(problem: string): ProtocolError {
  return new ProtocolError("E_ROSTER_SCHEMA", `The link is refused: ${problem}.`);
}
