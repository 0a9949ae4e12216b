import {
  type Approval,
  DECISION,
  decodeBase64url,
  findCredential,
  HoldfastError,
  type LeafActor,
  MAX_APPROVALS,
  outlastsRecovery,
} from "@holdfast/protocol";
import { withApproval } from "../admission/approval-list.ts";
import { AdmissionError, logProblem } from "../admission/errors.ts";
import { LoneRejections } from "../admission/lone-rejections.ts";
import type { ProposalOrigin } from "../admission/pending.ts";
import { Refusal } from "../admission/pipeline.ts";
import type { LinkEntry } from "../keystore/log-index.ts";
import type { Outcome } from "../lifecycle/outcome.ts";
import { applyLink, endLink, type LinkWriter, scheduleLink } from "./conclude-link.ts";
import { addSignatures } from "./further-signatures.ts";
import { judgeLink, type LinkVerdict } from "./judge-link.ts";
import { isBeyondObjection, judgeObjection } from "./judge-objection.ts";
import { conflictText, LinkConflict, type LinksLearnt, learnLinks } from "./learn-links.ts";
import { leaveOutIdle } from "./leave-out-idle.ts";
import { actorOf } from "./link-actor.ts";
import { type LinkDecided, refusedLink } from "./link-decided.ts";
import { makeLinkEnvelope, type ReadLink, readLinkEnvelope } from "./link-envelope.ts";
import { type LinkRefusals, saysNothingOfLink } from "./link-refusals.ts";
import type { ProposedLink, ProposedLinks } from "./proposed-links.ts";
import type { RosterLinksParts } from "./roster-links-parts.ts";
import type { WaitingLinks } from "./waiting-links.ts";
import { takenByRecovery } from "./who-stops.ts";

type Accepted = Extract<LinkVerdict, { kind: "accepted" }>;

/** Why nobody objects to what this agent does not know. */
const UNKNOWN = {
  what: "No such change waits at this agent.",
  next: "Look at what waits there; propose or deliver the change first.",
};

const OUTLASTED = {
  what: "A change that takes replacement keys away waits its delay, and too few of the keys that stay signed this recovery.",
  next: "Sign with the keys that stay, as many as a recovery takes; or object to that change with one of them first.",
};

/**
 * The course of one link: what follows when its envelope, an approval, an objection or the end of its delay comes. It
 * waits, is in force, or ends.
 *
 * Caller must: ask for one thing after the other.
 */
export class LinkCourse {
  readonly #parts: RosterLinksParts;
  readonly #proposed: ProposedLinks;
  readonly #waiting: WaitingLinks;
  readonly #refusals: LinkRefusals;
  readonly #writer: LinkWriter;
  readonly #lone = new LoneRejections();

  constructor(parts: RosterLinksParts, proposed: ProposedLinks, waiting: WaitingLinks, refusals: LinkRefusals) {
    this.#parts = parts;
    this.#proposed = proposed;
    this.#waiting = waiting;
    this.#refusals = refusals;
    this.#writer = { context: parts, executor: parts.executor, proposed };
  }

  /** An envelope that was delivered: adds what it brings to what waits already, or ends what it says no to. */
  async take(read: ReadLink, origin: ProposalOrigin): Promise<LinkDecided> {
    const objection = read.envelope.approvals.find(({ decision }) => decision === DECISION.reject);
    const given = objection === undefined ? read : this.#approvedDespite(read);
    if (objection !== undefined && given === null) return this.object(read, objection, false);
    const approved = given ?? read;
    if (this.#isLocalElsewhere(approved))
      return this.#refusals.refuse(read.hash, new AdmissionError("E_LOCAL_ADMIN"), read);
    return this.look(this.#merge(approved), null, origin);
  }

  /** An approval of a link that waits here. */
  approve({ read: { envelope }, origin }: ProposedLink, approval: Approval): Promise<LinkDecided> {
    const approved = makeLinkEnvelope({ ...envelope, approvals: withApproval(envelope.approvals, approval) });
    return this.look(approved, null, origin);
  }

  /** Judges a link and does what follows from the verdict. */
  async look(read: ReadLink, acceptedAt: number | null, origin: ProposalOrigin): Promise<LinkDecided> {
    try {
      const verdict = await judgeLink(read, this.#parts, acceptedAt);
      switch (verdict.kind) {
        case "decided":
          return (await this.#signedFurther(read)) ?? this.decided(read.hash, verdict.entry);
        case "waiting":
          return this.#wait(read, verdict.examined, origin);
        case "conflict":
          return this.#keepConflict(read, verdict.by);
        case "accepted":
          return this.#carryOut(read, verdict, origin);
      }
    } catch (error) {
      return this.#refusals.refuse(read.hash, error, read);
    }
  }

  /** Ends a link that waits here by the no of somebody who may say it. */
  async object(read: ReadLink, objection: Approval, local: boolean): Promise<LinkDecided> {
    const { rosters, index, problem } = this.#parts;
    const entry = index.link(read.hash);
    if (entry !== null && entry.state !== "scheduled") return this.decided(read.hash, entry);
    try {
      if (problem !== null) throw logProblem(problem);
      const known = this.#proposed.find(read.hash)?.read;
      if (known === undefined) throw new AdmissionError("E_PRESTATE", UNKNOWN.what, {}, UNKNOWN.next);
      const who = await judgeObjection(known, objection, { pinned: rosters.current(), index, local });
      const { envelope } = known;
      if (entry === null && who.kind === "administrator" && !local) this.#takeRoom(who.adm, known);
      const ended = makeLinkEnvelope({ ...envelope, approvals: withApproval(envelope.approvals, objection) });
      const actor: LeafActor = who.kind === "recovery" ? { kind: "agent" } : personOf(who.adm, local);
      const data = read.kind === "recover" ? { vetoed: true } : {};
      const outcome = endLink(ended, { kind: "roster.cancelled", code: "E_CANCELLED", actor, data }, this.#writer);
      this.#parts.logger.warn("roster.cancelled", { hash: read.hash, seq: read.roster.seq });
      this.#refusals.changed(read.hash);
      return answer(read.hash, outcome);
    } catch (error) {
      return this.#refusals.refuse(read.hash, error, read);
    }
  }

  /**
   * Links of the log that was lost, brought to a restored agent. A second one for a place that has one is kept as evidence.
   *
   * @throws as {@link learnLinks}: on record by a counter
   */
  async learn(given: readonly unknown[]): Promise<LinksLearnt> {
    const { logger, refusals, aid, index } = this.#parts;
    try {
      const waiting = this.#proposed.waiting();
      const learnt = await learnLinks(given, aid, this.#writer);
      this.#refusals.gaveWay(waiting.filter(({ read }) => index.link(read.hash)?.state === "refused"));
      if (learnt.seq > learnt.from) logger.warn("roster.learnt", { ...learnt });
      return learnt;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const code = String(error.code);
      logger.warn("roster.refused", { code });
      refusals.count(code);
      // Of one that was decided before the log says so already, and nothing more about it holds.
      if (error instanceof LinkConflict && index.link(error.read.hash) === null) this.#keepConflict(error.read, []);
      throw error;
    }
  }

  /** The answer to a link that was decided before, or whose delay runs. */
  decided(hash: string, { state, n }: LinkEntry): LinkDecided {
    if (state !== "scheduled") return { hash, outcome: state, leaf: n };
    // Asked for again while its delay runs: whatever the asker says of the time, the running time decides.
    this.#parts.refusals.count("E_DELAY");
    const due = this.#waiting.find(hash)?.due ?? null;
    return { hash, outcome: state, leaf: n, code: "E_DELAY", ...(due === null ? {} : { due }) };
  }

  /** A link whose delay is over is judged again, and in force or ended. */
  async run({ read, wait }: ReturnType<ProposedLinks["waiting"]>[number]): Promise<void> {
    try {
      const verdict = await judgeLink(read, this.#parts, wait.acceptedAt);
      if (verdict.kind === "accepted") this.#apply(read, verdict, true);
      else if (verdict.kind !== "decided") throw new AdmissionError("E_ROSTER_THRESHOLD");
    } catch (error) {
      const reason = error instanceof Refusal ? error.reason : error;
      if (!(reason instanceof HoldfastError)) throw reason;
      if (saysNothingOfLink(reason.code)) return; // waits on, until it can be judged and written
      this.#parts.logger.warn("roster.refused", { code: reason.code, hash: read.hash });
      endLink(read, { kind: "roster.refused", code: reason.code, actor: { kind: "agent" } }, this.#writer);
      this.#refusals.changed(read.hash);
    }
  }

  /** A link whose delay runs, and whose row is gone or is not the newest, can never be in force: the log says so. */
  endLost(): void {
    const { index, log, problem } = this.#parts;
    if (problem !== null) return;
    for (const hash of this.#proposed.lost) {
      const entry = index.link(hash);
      const [stored] = entry?.state === "scheduled" ? log.entries(entry.n, 1) : [];
      if (stored?.envelope === undefined) continue;
      const read = readLinkEnvelope(decodeBase64url(stored.envelope));
      endLink(read, { kind: "roster.refused", code: "E_STATE_ROLLBACK", actor: { kind: "agent" } }, this.#writer);
      this.#refusals.changed(hash);
    }
  }

  /** A recovery that waits takes signatures of further recovery keys. Null where none came. */
  async #signedFurther(read: ReadLink): Promise<LinkDecided | null> {
    const known = this.#proposed.find(read.hash);
    if (known === null || known.wait === null || read.kind !== "recover") return null;
    const outcome = await addSignatures(read, { ...known, wait: known.wait }, this.#writer);
    if (outcome === null) return null;
    const { hash, roster } = read;
    this.#parts.logger.warn("roster.signed", { hash, seq: roster.seq });
    this.#refusals.changed(hash);
    const found = this.#waiting.find(hash);
    const due = found?.due ?? null;
    const signed = found === null ? {} : { old: found.old };
    return { ...answer(hash, outcome), ...(due === null ? {} : { due }), ...signed };
  }

  /** A link that only tightens with its approvals, whoever said no beside them; null for any other, and without any. */
  #approvedDespite(read: ReadLink): ReadLink | null {
    const approvals = read.envelope.approvals.filter(({ decision }) => decision !== DECISION.reject);
    if (approvals.length === 0 || !isBeyondObjection(read, this.#parts.rosters.current())) return null;
    return makeLinkEnvelope({ ...read.envelope, approvals });
  }

  /** What nobody else has approved one person ends a bounded number of times: each ending is kept for ever. */
  #takeRoom(adm: string, { envelope, roster: next }: ReadLink): void {
    const { roster } = this.#parts.rosters.current();
    const isOthers = envelope.approvals.some(({ credId }) => {
      const found = findCredential(roster, credId) ?? findCredential(next, credId);
      return found !== null && found.administrator.adm !== adm;
    });
    if (!isOthers) this.#lone.take(adm, this.#parts.running.take());
  }

  #wait(given: ReadLink, examined: Accepted["examined"], origin: ProposalOrigin): LinkDecided {
    if (given.kind !== "recover") this.#checkPlaceIsFree(given, examined);
    const { read, idle } = leaveOutIdle(given, this.#parts.rosters.current());
    const known = this.#proposed.find(read.hash)?.read.envelope.approvals.length ?? 0;
    if (idle.length > 0 && read.envelope.approvals.length <= known)
      throw new Refusal(new AdmissionError("E_CHANNEL"), idle);
    this.#proposed.put(this.#record(read, origin));
    const isSigned = read.envelope.approvals.length > 0;
    if (isSigned) this.#parts.refusals.count("E_ROSTER_THRESHOLD");
    this.#refusals.changed(read.hash);
    const { old, new: next } = examined;
    return {
      ...{ hash: read.hash, outcome: "pending", old: countOf(old), new: countOf(next) },
      ...(isSigned ? { code: "E_ROSTER_THRESHOLD" } : {}),
    };
  }

  #carryOut(read: ReadLink, accepted: Accepted, origin: ProposalOrigin): LinkDecided {
    const { guard, running, logger } = this.#parts;
    const { delaySec, reason } = accepted.delay;
    const giving = this.#givingWay(read, delaySec, accepted, origin);
    if (delaySec === 0) return answer(read.hash, this.#apply(read, accepted, false));
    const acceptedAt = guard.time();
    const wait = { delaySec, reason, acceptedAt, dueSeconds: running.take() + delaySec, dueAt: acceptedAt + delaySec };
    const link = { ...this.#record(read, origin), wait };
    const outcome = scheduleLink(link, accepted, actorOf(accepted), giving, this.#writer);
    logger.warn("roster.scheduled", { hash: read.hash, seq: read.roster.seq, due: wait.dueAt });
    this.#refusals.changed(read.hash);
    this.#refusals.gaveWay(giving);
    const ended = giving.map((each) => each.read.hash);
    return { ...answer(read.hash, outcome), due: wait.dueAt, ...(ended.length === 0 ? {} : { ended }) };
  }

  /**
   * Whose delay ends by this one. While a recovery waits nothing else is taken for its place; of links that wait there is
   * one. A change that takes replacement keys away gives way to no recovery that too few of the others signed.
   */
  #givingWay(
    read: ReadLink,
    delaySec: number,
    { examined, pinned }: Accepted,
    origin: ProposalOrigin,
  ): readonly ProposedLink[] {
    const { hash, kind, envelope } = read;
    const waiting = this.#proposed.waiting().filter((each) => each.read.hash !== hash);
    const by = [...new Set([...examined.old.by, ...examined.new.by])];
    const refuse = (what: string, next?: string) => new Refusal(new AdmissionError("E_ROSTER_SEQ", what, {}, next), by);
    this.#checkPlaceIsFree(read, examined);
    const outlasts = waiting.some((each) => outlastsRecovery(pinned.roster, each.read.roster, envelope.approvals));
    if (kind === "recover" && outlasts) {
      // Who signs further finds the signatures that there are.
      if (this.#proposed.find(hash) !== null) this.#proposed.put(this.#record(read, origin));
      throw refuse(OUTLASTED.what, OUTLASTED.next);
    }
    if (kind === "recover") return waiting;
    if (delaySec > 0 && waiting.length > 0)
      throw refuse("Another change waits its delay for this place: cancel it first, or wait until it is in force.");
    return [];
  }

  /** @throws {@link Refusal} `E_ROSTER_SEQ` while a recovery waits its delay: nothing else is taken for its place */
  #checkPlaceIsFree({ hash }: ReadLink, { old, new: next }: Accepted["examined"]): void {
    const recovery = this.#waiting.recovery();
    if (recovery === null || recovery.hash === hash) return;
    throw new Refusal(takenByRecovery(recovery), [...new Set([...old.by, ...next.by])]);
  }

  #apply(read: ReadLink, accepted: Accepted, due: boolean): Outcome {
    const overtaken = this.#proposed.waiting().filter((each) => each.read.hash !== read.hash);
    const outcome = applyLink(read, accepted, actorOf(accepted), due, this.#writer);
    const { seq } = read.roster;
    this.#parts.logger.warn("roster.changed", { hash: read.hash, seq });
    this.#refusals.changed(read.hash);
    this.#refusals.gaveWay(overtaken);
    return outcome;
  }

  /** A quorum signed two links for one place. The one in force stays; the other is kept where nobody can remove it. */
  #keepConflict(read: ReadLink, by: readonly string[]): LinkDecided {
    const { seq } = read.roster;
    this.#parts.logger.error("roster.conflict", { hash: read.hash, seq });
    const actor: LeafActor = by.length === 0 ? { kind: "agent" } : { kind: "admins", ids: [...by] };
    const end = { kind: "roster.refused", code: "E_ROSTER_SEQ", actor, data: { conflict: true } } as const;
    endLink(read, end, this.#writer);
    this.#refusals.changed(read.hash);
    return refusedLink(read.hash, "E_ROSTER_SEQ", conflictText(this.#parts.index.isLearnt(seq)));
  }

  /** A local administrator approves at the socket; in an envelope only what was approved there already may stand. */
  #isLocalElsewhere({ hash, envelope }: ReadLink): boolean {
    const { roster } = this.#parts.rosters.current();
    const known = this.#proposed.find(hash)?.read.envelope.approvals ?? [];
    return envelope.approvals.some((approval) => {
      const isLocal = findCredential(roster, approval.credId)?.credential.channel === "local";
      return isLocal && !known.some(({ credId, sig }) => credId === approval.credId && sig === approval.sig);
    });
  }

  #merge(read: ReadLink): ReadLink {
    const known = this.#proposed.find(read.hash);
    if (known === null) return read;
    const { envelope } = known.read;
    const approvals = read.envelope.approvals.reduce(withApproval, envelope.approvals);
    const intros = envelope.intros ?? read.envelope.intros ?? [];
    return approvals.length > MAX_APPROVALS ? read : makeLinkEnvelope({ ...envelope, approvals, intros });
  }

  #record(read: ReadLink, origin: ProposalOrigin): ProposedLink {
    const before = this.#proposed.find(read.hash);
    const now = this.#parts.guard.time();
    const approvedAt = Object.fromEntries(
      read.envelope.approvals.map(({ credId }) => [credId, before?.approvedAt[credId] ?? now]),
    );
    return { read, origin: before?.origin ?? origin, receivedAt: before?.receivedAt ?? now, approvedAt, wait: null };
  }
}

function answer(hash: string, { outcome, leaf, code }: Outcome): LinkDecided {
  return { hash, outcome: outcome as LinkDecided["outcome"], leaf, ...(code === undefined ? {} : { code }) };
}

function personOf(adm: string, local: boolean): LeafActor {
  return local ? { kind: "local" } : { kind: "admins", ids: [adm] };
}

function countOf({ have, need }: { readonly have: number; readonly need: number }) {
  return { have, need };
}
