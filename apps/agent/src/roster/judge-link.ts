import {
  acceptRosterLink,
  changesNothing,
  checkRosterLink,
  DECISION,
  type ExaminedRosterLink,
  examineRosterLink,
  findCredential,
  HoldfastError,
  introducedPossession,
  isRenewal,
  type LinkIntroductions,
  MAX_CHAIN_LINKS,
  onlyTightens,
  type PinnedRoster,
  RESERVED_CHAIN_LINKS,
  type Roster,
  type RosterLink,
  type RosterLinkDelay,
  rosterLinkDelay,
  type VerifiedRoster,
  verifyLinkIntroductions,
} from "@holdfast/protocol";
import type { AdmissionContext } from "../admission/admission-context.ts";
import { AdmissionError, logProblem } from "../admission/errors.ts";
import { Refusal } from "../admission/pipeline.ts";
import type { LinkEntry } from "../keystore/log-index.ts";
import { checkNewcomers } from "./check-newcomers.ts";
import { checkRules } from "./check-rules.ts";
import type { ReadLink } from "./link-envelope.ts";

/** What the checks of a link look at. */
export interface LinkContext
  extends Pick<
    AdmissionContext,
    "tid" | "rosters" | "keystore" | "index" | "log" | "guard" | "deniedActs" | "problem" | "introductions"
  > {
  readonly introductions: AdmissionContext["introductions"] & Parameters<typeof checkNewcomers>[3]["introductions"];
}

/** What the checks say of a link that they do not refuse. */
export type LinkVerdict =
  /** Decided before: in force, cancelled, refused for good, or its delay runs. */
  | { readonly kind: "decided"; readonly entry: LinkEntry }
  /** Good so far, with too few approvals. */
  | { readonly kind: "waiting"; readonly examined: ExaminedRosterLink }
  | {
      readonly kind: "accepted";
      readonly examined: ExaminedRosterLink;
      readonly link: RosterLink;
      readonly next: VerifiedRoster;
      readonly delay: RosterLinkDelay;
      /** The roster that it follows: the transaction finds it in force still, or does nothing. */
      readonly pinned: VerifiedRoster;
    }
  /** Signed by a quorum for a place that another link has: evidence. */
  | { readonly kind: "conflict"; readonly by: readonly string[] };

/**
 * The ordered checks of a link, as those of a command. Everything asynchronous happens here, before the transaction.
 *
 * Caller must: have let no approval of a local administrator in but those made at this agent's own socket.
 *
 * @param acceptedAt - When it was accepted, where it waited its delay; null for one that is judged for the first time.
 * @throws {@link Refusal}
 * @see docs/spec/roster.md section 4
 */
export async function judgeLink(read: ReadLink, context: LinkContext, acceptedAt: number | null): Promise<LinkVerdict> {
  let by: readonly string[] = [];
  try {
    const { roster, hash, envelope } = read;
    const due = acceptedAt !== null;
    if (roster.tid !== context.tid) throw new AdmissionError("E_TENANT", "It is of another environment."); // 4
    const entry = context.index.link(hash); // 5
    if (entry !== null && !(due && entry.state === "scheduled")) return { kind: "decided", entry };
    const pinned = context.rosters.current();
    if (roster.seq <= pinned.roster.seq) return await judgeOvertaken(read, context);
    const next = checkRosterLink(pinned, envelope);
    checkDomainTakes(read, pinned, context, due); // 6, 7
    const at = acceptedAt ?? context.guard.time();
    const { introductions } = context;
    const introduced = checkNewcomers(pinned, next, envelope.intros ?? [], { introductions, at, due }); // 8
    const link = linkOf(read, introduced, pinned.roster);
    const skipsTime = context.guard.alarm() !== null;
    const examined = await examineRosterLink(pinned, link, skipsTime ? null : at); // 9, 10
    by = [...new Set([...examined.old.by, ...examined.new.by])];
    checkRules(pinned.roster, roster);
    if (examined.old.have < examined.old.need || examined.new.have < examined.new.need)
      return { kind: "waiting", examined };
    checkHostAllows(pinned.roster, roster, context); // 12
    const delay = rosterLinkDelay(pinned.roster, roster, context.index.hasKeys()); // 13
    const accepted = await acceptRosterLink(pinned, link, skipsTime ? null : at);
    return { kind: "accepted", examined, link, next: accepted, delay, pinned };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new Refusal(error, by);
  }
}

/**
 * What would stop the link if its last approval came now; null if nothing would.
 *
 * @throws nothing but what is no refusal
 */
export function dryRunLink(read: ReadLink, context: LinkContext): HoldfastError<string> | null {
  try {
    const pinned = context.rosters.current();
    if (read.roster.tid !== context.tid) throw new AdmissionError("E_TENANT");
    const next = checkRosterLink(pinned, read.envelope);
    checkDomainTakes(read, pinned, context, false);
    const { introductions, guard } = context;
    const at = guard.time();
    if (guard.alarm() === null && at > next.roster.acceptBy) throw new AdmissionError("E_EXPIRED");
    checkNewcomers(pinned, next, read.envelope.intros ?? [], { introductions, at, due: false });
    checkRules(pinned.roster, next.roster);
    checkHostAllows(pinned.roster, next.roster, context);
    return null;
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
}

/**
 * Repeats, inside the transaction, what could have become false since: the roster in force, the link's own state, the
 * domain's.
 *
 * @throws {@link AdmissionError}
 */
export function recheckLink(read: ReadLink, pinned: PinnedRoster, context: LinkContext, due: boolean): void {
  if (context.rosters.current().hash !== pinned.hash) throw new AdmissionError("E_ROSTER_STALE");
  const entry = context.index.link(read.hash);
  if (due ? entry?.state !== "scheduled" : entry !== null)
    throw new AdmissionError("E_PRESTATE", "The change was decided before.");
  checkDomainTakes(read, pinned, context, due);
}

/** The link as the chain keeps it: rejections are none of its parts, and proofs are those of what it adds. */
export function linkOf(read: ReadLink, introduced: LinkIntroductions, old: Roster): RosterLink {
  const { doc, approvals } = read.envelope;
  return {
    doc,
    approvals: approvals.filter(({ decision }) => decision === DECISION.approve),
    possession: introducedPossession(introduced.values(), old, read.roster),
  };
}

/**
 * A link for a place that has one. If it verifies, a quorum signed two for one place: that is worth keeping. Otherwise it
 * is old news.
 */
async function judgeOvertaken(read: ReadLink, { rosters, guard }: LinkContext): Promise<LinkVerdict> {
  const before = rosters.at(read.roster.seq - 1);
  if (before !== null && (await isValidAfter(before, read, guard.time()))) {
    const people = read.envelope.approvals.flatMap(
      ({ credId }) => findCredential(before.roster, credId)?.administrator.adm ?? [],
    );
    return { kind: "conflict", by: [...new Set(people)] };
  }
  throw new AdmissionError("E_ROSTER_SEQ", "Administrators and rules have changed since this was proposed.", {
    seq: read.roster.seq,
    accepted: rosters.current().roster.seq,
  });
}

async function isValidAfter(before: VerifiedRoster, read: ReadLink, now: number): Promise<boolean> {
  try {
    const { tid } = before;
    // Introductions are judged by the time at which the link could have been accepted.
    const at = Math.min(now, read.roster.acceptBy);
    const pinned = { tid, hash: read.hash, roster: read.roster };
    const introduced = verifyLinkIntroductions(before.roster, pinned, read.envelope.intros ?? [], at);
    await acceptRosterLink(before, linkOf(read, introduced, before.roster), null);
    return true;
  } catch (error) {
    if (error instanceof HoldfastError) return false;
    throw error;
  }
}

/**
 * Steps 6 and 7: the clock is believed, the domain takes changes, and its roster has not ended.
 *
 * What only tightens passes all of it; so does a recovery, which nobody who has a passkey may hold up. A roster that has
 * ended still takes its own renewal, and while it has ended that passes a lock, recovering and the clock's doubt as well.
 */
function checkDomainTakes(read: ReadLink, pinned: PinnedRoster, context: LinkContext, due: boolean): void {
  const { guard, keystore, problem } = context;
  const { roster: old } = pinned;
  const next = read.roster;
  if (problem !== null) throw logProblem(problem);
  const renews = isRenewal(old, next);
  const most = MAX_CHAIN_LINKS - (read.kind === "recover" || renews ? 0 : RESERVED_CHAIN_LINKS);
  if (next.seq >= most) throw new AdmissionError("E_LIMIT", "The chain has as many links as it may have.", { most });
  if (changesNothing(old, next)) throw new AdmissionError("E_UNCHANGED");
  if (read.kind === "recover" || onlyTightens(old, next)) return;
  // Else a domain that is locked, recovering or doubts its clock could never be freed once its roster has ended.
  const ended = guard.time() > old.notAfter;
  if (renews && ended) return;
  if (!due && guard.alarm() !== null) throw new AdmissionError("E_CLOCK"); // its delay is running time, not the clock's
  if (ended && !onlyTightens({ ...old, notAfter: next.notAfter }, next)) throw new AdmissionError("E_ROSTER_EXPIRED");
  const { locked, recovering } = keystore.domain();
  if (recovering) throw new AdmissionError("E_RECOVERING");
  if (locked) throw new AdmissionError("E_LOCKED");
}

/** A host that refuses changes refuses neither what only takes away nor a recovery: a thief's passkey must be removable. */
function checkHostAllows(old: Roster, next: Roster, { deniedActs }: LinkContext): void {
  if (!deniedActs.has("roster.update") || next.recover === true || onlyTightens(old, next)) return;
  throw new AdmissionError("E_LOCAL_DENY", undefined, { act: "roster.update" });
}
