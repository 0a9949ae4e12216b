import type { RootKey, SigningHandle } from "@holdfast/crypto";
import {
  type Approval,
  DECISION,
  decodeBase64url,
  draftRoster,
  encodeBase64url,
  encodeRoster,
  findCredential,
  HoldfastError,
  isLocalDomain,
  type LeafActor,
  MAX_APPROVALS,
  parseLeaf,
  type RosterChange,
} from "@holdfast/protocol";
import { withApproval } from "../admission/approval-list.ts";
import { AdmissionError, logProblem } from "../admission/errors.ts";
import { approveLocally } from "../admission/local-approval.ts";
import type { ProposalOrigin } from "../admission/pending.ts";
import { Refusal } from "../admission/pipeline.ts";
import type { RefusalCounter } from "../admission/refusal-counter.ts";
import type { LinkEntry } from "../keystore/log-index.ts";
import type { Store } from "../keystore/store.ts";
import type { Executor, Outcome } from "../lifecycle/executor.ts";
import type { Logger } from "../logger.ts";
import type { RunningTime } from "../self-check/running-time.ts";
import { bringLinkIntroductions } from "./bring-introductions.ts";
import { applyLink, endLink, type LinkWriter, scheduleLink } from "./conclude-link.ts";
import { describeLink, type PendingLink } from "./describe-link.ts";
import { addSignatures } from "./further-signatures.ts";
import { judgeLink, type LinkContext, type LinkVerdict } from "./judge-link.ts";
import { judgeObjection } from "./judge-objection.ts";
import { type LinkDecided, type LinkDecision, refusedLink } from "./link-decided.ts";
import { makeLinkEnvelope, type ReadLink, readLinkEnvelope } from "./link-envelope.ts";
import { type ProposedLink, ProposedLinks } from "./proposed-links.ts";

/** What links are judged, kept and carried out with. */
export interface RosterLinksParts extends LinkContext {
  readonly store: Store;
  readonly root: RootKey;
  readonly executor: Executor;
  readonly running: RunningTime;
  /** Whether nobody's clock contradicts that a delay is over. */
  readonly isElapsed: (waiting: { readonly hash: string; readonly dueSeconds: number }) => Promise<boolean>;
  readonly refusals: RefusalCounter;
  /** The local administrator's key; null in an agent without one. */
  readonly local: SigningHandle | null;
  readonly logger: Logger;
}

type Accepted = Extract<LinkVerdict, { kind: "accepted" }>;

const DUE_CHECK_MS = 5_000;

/** Refusals that say something of the agent, not of the link: a link that is due waits on. */
const NO_VERDICT: ReadonlySet<string> = new Set(["E_RECOVERING", "E_STORE", "E_SEALED", "E_LOCAL_DENY"]);

/**
 * The way in for every change of administrators, rules, agents and witnesses: from the mailbox, from files, from the
 * agent's page and from its command line, one after the other.
 *
 * A link that only tightens is in force at once. Any other waits its delay in the agent's running time, is announced, and
 * ends by one administrator's no.
 *
 * @see docs/spec/roster.md sections 4 and 5
 */
export class RosterLinks {
  readonly #parts: RosterLinksParts;
  readonly #proposed: ProposedLinks;
  readonly #writer: LinkWriter;
  readonly #listeners = new Set<(hash: string) => void>();
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(parts: RosterLinksParts) {
    this.#parts = parts;
    this.#proposed = new ProposedLinks(parts);
    this.#writer = { context: parts, executor: parts.executor, proposed: this.#proposed };
  }

  /** Begins to put in force what is due. */
  start(): void {
    this.#timer ??= setInterval(() => void this.runDue(), DUE_CHECK_MS).unref();
    void this.runDue();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#closed = true;
  }

  /** Resolves when what was asked for before is over. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** Calls back whenever a link's approvals or state changed. @returns what stops it */
  onChange(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All links that wait for approvals or for their delay. */
  pending(): PendingLink[] {
    return this.#proposed.all().map((each) => this.#describe(each));
  }

  /** Links whose delay runs, with the running time at which it is over. */
  waiting(): { readonly hash: string; readonly dueSeconds: number }[] {
    return this.#proposed.waiting().map(({ read, wait }) => ({ hash: read.hash, dueSeconds: wait.dueSeconds }));
  }

  /** A link that waits, or that was decided; null for one this agent has never seen. */
  find(hash: string): PendingLink | null {
    const proposed = this.#proposed.find(hash);
    if (proposed !== null) return this.#describe(proposed);
    const entry = this.#parts.index.link(hash);
    const [stored] = entry === null ? [] : this.#parts.log.entries(entry.n, 1);
    if (entry === null || stored?.envelope === undefined) return null;
    const read = readLinkEnvelope(decodeBase64url(stored.envelope));
    const { code } = parseLeaf(decodeBase64url(stored.leaf));
    return describeLink({ read, status: entry.state, proposed: null, due: null, code }, this.#parts);
  }

  /** A link with the approvals it has, base64url, as files carry it; null for one this agent has never seen. */
  envelope(hash: string): string | null {
    const proposed = this.#proposed.find(hash);
    if (proposed !== null) return encodeBase64url(proposed.read.bytes);
    const entry = this.#parts.index.link(hash);
    return entry === null ? null : (this.#parts.log.entries(entry.n, 1)[0]?.envelope ?? null);
  }

  /** Takes an envelope from the mailbox or a file. Without enough approvals its link waits for more. */
  deliver(bytes: Uint8Array, origin: ProposalOrigin = "file"): Promise<LinkDecided> {
    return this.#inTurn(async () => {
      let read: ReadLink;
      try {
        const { rosters, introductions } = this.#parts;
        read = bringLinkIntroductions(readLinkEnvelope(bytes), rosters.current(), introductions);
      } catch (error) {
        return this.#refused("", error);
      }
      const objection = read.envelope.approvals.find(({ decision }) => decision === DECISION.reject);
      if (objection !== undefined) return this.#object(read, objection, false);
      if (this.#isLocalElsewhere(read)) return this.#refused(read.hash, new AdmissionError("E_LOCAL_ADMIN"), read);
      return this.#look(this.#merge(read), null, origin);
    });
  }

  /** One touch at the page over one link: adds the approval, or ends the link. */
  decide({ decision, hash, assertion }: LinkDecision): Promise<LinkDecided> {
    return this.#inTurn(async () => {
      const known = this.#proposed.find(hash);
      if (known === null) {
        const entry = this.#parts.index.link(hash);
        return entry === null
          ? this.#refused(hash, new AdmissionError("E_PRESTATE", "No such change waits at this agent."))
          : this.#decided(hash, entry);
      }
      const approval: Approval = { decision, list: [hash], ...assertion };
      return decision === DECISION.reject
        ? this.#object(known.read, approval, false)
        : this.#look(this.#with(known, approval), null, known.origin);
    });
  }

  /**
   * Drafts a link from this agent's own state and proposes it; a local administrator approves it with that.
   *
   * @param intros - Hashes of what newcomers gave to this agent for it.
   * @throws {@link ProtocolError} `E_ROSTER_SCHEMA`; {@link AdmissionError} `E_INTRO`
   */
  propose(change: RosterChange, intros: readonly string[] = []): Promise<LinkDecided> {
    return this.#inTurn(async () => {
      const { rosters, guard, introductions, local } = this.#parts;
      const documents = intros.map((hash) => {
        const taken = introductions.find(hash);
        if (taken === null) throw new AdmissionError("E_INTRO", "This was not given to this key server.");
        return taken.doc;
      });
      const doc = encodeBase64url(encodeRoster(draftRoster(rosters.current(), change, guard.time())));
      const unsigned = makeLinkEnvelope({ doc, approvals: [], intros: documents });
      const isLocal = local !== null && isLocalDomain(rosters.current().roster);
      const approvals = isLocal ? [this.#approveLocally(unsigned.hash, DECISION.approve, local)] : [];
      const read = isLocal ? makeLinkEnvelope({ doc, approvals, intros: documents }) : unsigned;
      return this.#look(read, null, "cli");
    });
  }

  /** Approves a link that waits: by the local administrator; elsewhere it takes a passkey at the page. */
  approve(hash: string): Promise<LinkDecided> {
    return this.#inTurn(async () => {
      const { local, rosters } = this.#parts;
      const known = this.#proposed.find(hash);
      if (known === null) throw new AdmissionError("E_PRESTATE", "No such change waits.");
      if (local === null || !isLocalDomain(rosters.current().roster)) return { hash, outcome: "pending" };
      return this.#look(this.#with(known, this.#approveLocally(hash, DECISION.approve, local)), null, known.origin);
    });
  }

  /** Ends a link that waits: by the local administrator; elsewhere it takes a passkey at the page. */
  cancel(hash: string): Promise<LinkDecided> {
    return this.#inTurn(async () => {
      const { local, rosters } = this.#parts;
      const known = this.#proposed.find(hash);
      if (known === null) throw new AdmissionError("E_PRESTATE", "No such change waits.");
      if (local === null || !isLocalDomain(rosters.current().roster)) return { hash, outcome: "pending" };
      return this.#object(known.read, this.#approveLocally(hash, DECISION.reject, local), true);
    });
  }

  /** Where a person decides on a link: the page of any credential that may. Null without one. */
  approveUrl(hash: string): string | null {
    const creds = this.#parts.rosters.current().roster.admins.flatMap((each) => each.creds);
    const more = this.#proposed.find(hash)?.read.roster.admins.flatMap((each) => each.creds) ?? [];
    const credential = [...creds, ...more].find(({ channel }) => channel === "customer" || channel === "this-machine");
    const path = this.#proposed.find(hash)?.read.kind === "recover" ? "recover" : "approve";
    return credential && "origin" in credential ? `${credential.origin}/${path}#${hash}` : null;
  }

  /** Puts in force what is due, and forgets what can no longer be accepted. */
  async runDue(): Promise<void> {
    const { running, guard, isElapsed } = this.#parts;
    const due: string[] = [];
    const counted = running.take();
    for (const each of this.waiting()) if (each.dueSeconds <= counted && (await isElapsed(each))) due.push(each.hash);
    await this.#inTurn(async () => {
      this.#endLost();
      for (const link of this.#proposed.waiting()) if (due.includes(link.read.hash)) await this.#run(link);
      const time = guard.time();
      for (const { read, wait } of this.#proposed.all()) {
        if (wait !== null || guard.alarm() !== null || time <= read.roster.acceptBy) continue;
        this.#proposed.drop(read.hash);
        this.#changed(read.hash);
      }
    }).catch(() => this.#parts.logger.error("roster.due"));
  }

  async #run({ read, wait }: ReturnType<ProposedLinks["waiting"]>[number]): Promise<void> {
    try {
      const verdict = await judgeLink(read, this.#parts, wait.acceptedAt);
      if (verdict.kind === "accepted") this.#apply(read, verdict, true);
      else if (verdict.kind !== "decided") throw new AdmissionError("E_ROSTER_THRESHOLD");
    } catch (error) {
      const reason = error instanceof Refusal ? error.reason : error;
      if (!(reason instanceof HoldfastError)) throw reason;
      if (NO_VERDICT.has(reason.code)) return; // waits on, until it can be judged and written
      this.#parts.logger.warn("roster.refused", { code: reason.code, hash: read.hash });
      endLink(read, { kind: "roster.refused", code: reason.code, actor: { kind: "agent" } }, this.#writer);
      this.#changed(read.hash);
    }
  }

  /** A link whose delay runs, and whose row is gone or is not the newest, can never be in force: the log says so. */
  #endLost(): void {
    const { index, log, problem } = this.#parts;
    if (problem !== null) return;
    for (const hash of this.#proposed.lost) {
      const entry = index.link(hash);
      const [stored] = entry?.state === "scheduled" ? log.entries(entry.n, 1) : [];
      if (stored?.envelope === undefined) continue;
      const read = readLinkEnvelope(decodeBase64url(stored.envelope));
      endLink(read, { kind: "roster.refused", code: "E_STATE_ROLLBACK", actor: { kind: "agent" } }, this.#writer);
      this.#changed(hash);
    }
  }

  /** Judges a link and does what follows from the verdict. */
  async #look(read: ReadLink, acceptedAt: number | null, origin: ProposalOrigin): Promise<LinkDecided> {
    try {
      const verdict = await judgeLink(read, this.#parts, acceptedAt);
      switch (verdict.kind) {
        case "decided":
          return (await this.#signedFurther(read)) ?? this.#decided(read.hash, verdict.entry);
        case "waiting":
          return this.#wait(read, verdict.examined, origin);
        case "conflict":
          return this.#keepConflict(read, verdict.by);
        case "accepted":
          return this.#carryOut(read, verdict, origin);
      }
    } catch (error) {
      return this.#refused(read.hash, error, read);
    }
  }

  /** A recovery that waits takes signatures of further recovery keys. Null where none came. */
  async #signedFurther(read: ReadLink): Promise<LinkDecided | null> {
    const known = this.#proposed.find(read.hash);
    if (known === null || known.wait === null || read.kind !== "recover") return null;
    const outcome = await addSignatures(read, { ...known, wait: known.wait }, this.#writer);
    if (outcome === null) return null;
    const { hash } = read;
    this.#parts.logger.warn("roster.signed", { hash, seq: read.roster.seq });
    this.#changed(hash);
    const found = this.find(hash);
    const due = found?.due ?? null;
    return {
      ...this.#answer(hash, outcome),
      ...(due === null ? {} : { due }),
      ...(found === null ? {} : { old: found.old }),
    };
  }

  #wait(read: ReadLink, examined: Accepted["examined"], origin: ProposalOrigin): LinkDecided {
    this.#proposed.put(this.#record(read, origin));
    const isSigned = read.envelope.approvals.length > 0;
    if (isSigned) this.#parts.refusals.count("E_ROSTER_THRESHOLD");
    this.#changed(read.hash);
    const { old, new: next } = examined;
    return {
      ...{ hash: read.hash, outcome: "pending", old: countOf(old), new: countOf(next) },
      ...(isSigned ? { code: "E_ROSTER_THRESHOLD" } : {}),
    };
  }

  #carryOut(read: ReadLink, accepted: Accepted, origin: ProposalOrigin): LinkDecided {
    const { guard, running, logger } = this.#parts;
    const { delaySec, reason } = accepted.delay;
    const giving = this.#givingWay(read, delaySec, accepted);
    if (delaySec === 0) return this.#answer(read.hash, this.#apply(read, accepted, false));
    const acceptedAt = guard.time();
    const wait = { delaySec, reason, acceptedAt, dueSeconds: running.take() + delaySec, dueAt: acceptedAt + delaySec };
    const link = { ...this.#record(read, origin), wait };
    const outcome = scheduleLink(link, accepted, this.#actorOf(accepted), giving, this.#writer);
    logger.warn("roster.scheduled", { hash: read.hash, seq: read.roster.seq, due: wait.dueAt });
    this.#changed(read.hash);
    return { ...this.#answer(read.hash, outcome), due: wait.dueAt };
  }

  /**
   * Whose delay ends by this one. While a recovery waits nothing else is taken for its place; of links that wait there is
   * one.
   */
  #givingWay({ hash, kind }: ReadLink, delaySec: number, { examined }: Accepted): readonly ProposedLink[] {
    const waiting = this.#proposed.waiting().filter((each) => each.read.hash !== hash);
    const by = [...new Set([...examined.old.by, ...examined.new.by])];
    const refuse = (what: string) => new Refusal(new AdmissionError("E_ROSTER_SEQ", what), by);
    if (waiting.some(({ read }) => read.kind === "recover"))
      throw refuse("A recovery waits its delay for this place: it can be objected to, and nothing else is taken.");
    if (kind === "recover") return waiting;
    if (delaySec > 0 && waiting.length > 0)
      throw refuse("Another change waits its delay for this place: cancel it first, or wait until it is in force.");
    return [];
  }

  #apply(read: ReadLink, accepted: Accepted, due: boolean): Outcome {
    const outcome = applyLink(read, accepted, this.#actorOf(accepted), due, this.#writer);
    const { seq } = read.roster;
    this.#parts.logger.warn("roster.changed", { hash: read.hash, seq });
    this.#changed(read.hash);
    return outcome;
  }

  /** A quorum signed two links for one place. The one in force stays; the other is kept where nobody can remove it. */
  #keepConflict(read: ReadLink, by: readonly string[]): LinkDecided {
    const { seq } = read.roster;
    this.#parts.logger.error("roster.conflict", { hash: read.hash, seq });
    const actor: LeafActor = by.length === 0 ? { kind: "agent" } : { kind: "admins", ids: [...by] };
    const end = { kind: "roster.refused", code: "E_ROSTER_SEQ", actor, data: { conflict: true } } as const;
    endLink(read, end, this.#writer);
    this.#changed(read.hash);
    const what = "Another change has this place already. Both were signed; this one is kept as evidence.";
    return refusedLink(read.hash, "E_ROSTER_SEQ", what);
  }

  /** Ends a link by the no of somebody who may say it, whether this agent knew the link or not. */
  async #object(read: ReadLink, objection: Approval, local: boolean): Promise<LinkDecided> {
    const { rosters, index, problem } = this.#parts;
    const entry = index.link(read.hash);
    if (entry !== null && entry.state !== "scheduled") return this.#decided(read.hash, entry);
    try {
      if (problem !== null) throw logProblem(problem);
      const known = this.#proposed.find(read.hash)?.read ?? makeLinkEnvelope({ ...read.envelope, approvals: [] });
      const who = await judgeObjection(known, objection, { pinned: rosters.current(), index, local });
      const { envelope } = known;
      const ended = makeLinkEnvelope({ ...envelope, approvals: withApproval(envelope.approvals, objection) });
      const actor: LeafActor = who.kind === "recovery" ? { kind: "agent" } : personOf(who.adm, local);
      const data = read.kind === "recover" ? { vetoed: true } : {};
      const outcome = endLink(ended, { kind: "roster.cancelled", code: "E_CANCELLED", actor, data }, this.#writer);
      this.#parts.logger.warn("roster.cancelled", { hash: read.hash, seq: read.roster.seq });
      this.#changed(read.hash);
      return this.#answer(read.hash, outcome);
    } catch (error) {
      return this.#refused(read.hash, error, read);
    }
  }

  /** A refusal as a value: on record by a counter, or by an entry of its own where somebody's approval verified. */
  #refused(hash: string, error: unknown, read?: ReadLink): LinkDecided {
    const reason = error instanceof Refusal ? error.reason : error;
    if (!(reason instanceof HoldfastError)) throw reason;
    const by = error instanceof Refusal ? error.by : [];
    const code = String(reason.code);
    this.#parts.logger.warn("roster.refused", { code, hash });
    if (read === undefined || by.length === 0 || !this.#recordRefusal(hash, code, by)) this.#parts.refusals.count(code);
    if (hash !== "") this.#changed(hash);
    const next = reason instanceof AdmissionError ? reason.next : undefined;
    return refusedLink(hash, code, reason.message, next);
  }

  #recordRefusal(hash: string, code: string, by: readonly string[]): boolean {
    const { index, executor, keystore, problem } = this.#parts;
    if (NO_VERDICT.has(code) || problem !== null || keystore.domain().recovering || index.hasRefusal(hash, code))
      return false;
    executor.recordRefusal(hash, code, { kind: "admins", ids: [...by] });
    return true;
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

  /** Adds what an envelope brings to what waits already. */
  #merge(read: ReadLink): ReadLink {
    const known = this.#proposed.find(read.hash);
    if (known === null) return read;
    const { envelope } = known.read;
    const approvals = read.envelope.approvals.reduce(withApproval, envelope.approvals);
    const intros = envelope.intros ?? read.envelope.intros ?? [];
    return approvals.length > MAX_APPROVALS ? read : makeLinkEnvelope({ ...envelope, approvals, intros });
  }

  #with({ read: { envelope } }: ProposedLink, approval: Approval): ReadLink {
    return makeLinkEnvelope({ ...envelope, approvals: withApproval(envelope.approvals, approval) });
  }

  #record(read: ReadLink, origin: ProposalOrigin): ProposedLink {
    const before = this.#proposed.find(read.hash);
    const now = this.#parts.guard.time();
    const approvedAt = Object.fromEntries(
      read.envelope.approvals.map(({ credId }) => [credId, before?.approvedAt[credId] ?? now]),
    );
    return { read, origin: before?.origin ?? origin, receivedAt: before?.receivedAt ?? now, approvedAt, wait: null };
  }

  #describe(proposed: ProposedLink): PendingLink {
    const { running, guard } = this.#parts;
    const { read, wait } = proposed;
    const due = wait === null ? null : guard.time() + Math.max(0, wait.dueSeconds - running.take());
    return describeLink({ read, status: wait === null ? "pending" : "scheduled", proposed, due }, this.#parts);
  }

  #decided(hash: string, { state, n }: LinkEntry): LinkDecided {
    if (state !== "scheduled") return { hash, outcome: state, leaf: n };
    // Asked for again while its delay runs: whatever the asker says of the time, the running time decides.
    this.#parts.refusals.count("E_DELAY");
    const due = this.find(hash)?.due ?? null;
    return { hash, outcome: state, leaf: n, code: "E_DELAY", ...(due === null ? {} : { due }) };
  }

  #answer(hash: string, { outcome, leaf, code }: Outcome): LinkDecided {
    return { hash, outcome: outcome as LinkDecided["outcome"], leaf, ...(code === undefined ? {} : { code }) };
  }

  /** Those whose approvals count in either roster. */
  #actorOf({ examined, pinned }: Accepted): LeafActor {
    const ids = [...new Set([...examined.old.by, ...examined.new.by])];
    if (isLocalDomain(pinned.roster)) return { kind: "local" };
    return ids.length === 0 ? { kind: "agent" } : { kind: "admins", ids };
  }

  #approveLocally(hash: string, decision: 1 | 2, local: SigningHandle): Approval {
    return approveLocally([hash], decision, { local, roster: this.#parts.rosters.current().roster });
  }

  #changed(hash: string): void {
    for (const listener of this.#listeners) listener(hash);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(() => {
      if (this.#closed) throw new AdmissionError("E_SEALED");
      return work();
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }
}

function personOf(adm: string, local: boolean): LeafActor {
  return local ? { kind: "local" } : { kind: "admins", ids: [adm] };
}

function countOf({ have, need }: { readonly have: number; readonly need: number }) {
  return { have, need };
}
