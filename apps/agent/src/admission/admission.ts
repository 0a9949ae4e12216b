import type { SigningHandle } from "@holdfast/crypto";
import {
  type Approval,
  DECISION,
  decodeBase64url,
  findCredential,
  HoldfastError,
  isLocalDomain,
  isPasskeyApproval,
  isTightening,
  MAX_APPROVALS,
  verifyApproval,
} from "@holdfast/protocol";
import type { ActAnswer, ActRequest } from "../admin/answers.ts";
import type { Outcome, StoredReceipt } from "../lifecycle/outcome.ts";
import type { Logger } from "../logger.ts";
import type { RunningTime } from "../self-check/running-time.ts";
import { answerAct } from "./act-answer.ts";
import type { AdmissionContext } from "./admission-context.ts";
import { withApproval } from "./approval-list.ts";
import { AwaitedCommands } from "./awaited-commands.ts";
import { bringIntroductions } from "./checks/bring-introductions.ts";
import { findReceipt } from "./checks/find-receipt.ts";
import { makeEnvelope, type ReadEnvelope, readEnvelope } from "./checks/read-envelope.ts";
import { composeCommand } from "./compose-command.ts";
import { type Decided, decidedOf, type PageDecision } from "./decided.ts";
import { dryRun } from "./dry-run.ts";
import { AdmissionError, explainRefusal } from "./errors.ts";
import { approveLocally } from "./local-approval.ts";
import { PendingCommands, type PendingRecord, type ProposalOrigin } from "./pending.ts";
import { describePending, type PendingCommand, type WaitingCommand } from "./pending-command.ts";
import { type AdmissionMode, admit, admitRejection, Refusal, type Verdict } from "./pipeline.ts";
import type { RefusalCounter } from "./refusal-counter.ts";
import type { ScheduledCommand, ScheduledCommands } from "./scheduled.ts";

export type { Decided, PageDecision } from "./decided.ts";

/** What admission works with besides its context. */
export interface AdmissionParts extends AdmissionContext {
  readonly scheduled: ScheduledCommands;
  readonly running: RunningTime;
  /** Whether nobody's clock contradicts that a delay is over. */
  readonly isElapsed: (waiting: ScheduledCommand) => Promise<boolean>;
  readonly refusals: RefusalCounter;
  /** The local administrator's key; null in a domain with passkey administrators. */
  readonly local: SigningHandle | null;
  readonly logger: Logger;
}

const DUE_CHECK_MS = 5_000;

/** Refusals that say something of the agent, not of the command: nothing final follows from them. */
const NO_VERDICT: ReadonlySet<string> = new Set(["E_RECOVERING", "E_STORE", "E_SEALED"]);

function saysNothing(code: string): boolean {
  return NO_VERDICT.has(code) || code.startsWith("E_HSM_");
}

/**
 * The way in for everything that changes keys or clients: commands from the mailbox, from files, from the agent's page
 * and from its command line all pass the same pipeline, one after the other.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #pending: PendingCommands;
  readonly #listeners = new Set<(hash: string) => void>();
  readonly #awaited = new AwaitedCommands();
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(parts: AdmissionParts) {
    this.#parts = {
      ...parts,
      // It may be replaced by people with passkeys while the agent runs.
      get local() {
        return isLocalDomain(parts.rosters.current().roster) ? parts.local : null;
      },
    };
    this.#pending = new PendingCommands(parts.store);
  }

  /** Begins to run what is due and to forget what is over. */
  start(): void {
    this.#timer ??= setInterval(() => void this.runDue(), DUE_CHECK_MS).unref();
    void this.runDue();
  }

  /** Takes nothing more; what is under way is carried out or fails whole. */
  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#closed = true;
    this.#awaited.close();
    this.#parts.refusals.flush();
  }

  /** Resolves when what was asked for before is over. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** Calls back whenever a command's approvals or outcome changed. @returns what stops it */
  onChange(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes an envelope from the mailbox or a file. Without enough approvals its command waits for more. */
  async deliver(bytes: Uint8Array, origin: ProposalOrigin = "file"): Promise<Decided> {
    const decided = await this.#inTurn(async () => {
      let read: ReadEnvelope;
      try {
        read = bringIntroductions(readEnvelope(bytes), this.#parts);
      } catch (error) {
        return this.#refused("", error);
      }
      if (isRejection(read)) return this.#rejectByEnvelope(read);
      return this.#look(this.#merge(read), { due: false, local: false }, origin);
    });
    return origin === "mailbox" ? decided : this.#held(decided);
  }

  /** All commands that wait for approvals or for their delay. */
  pending(): PendingCommand[] {
    const waiting = this.#pending.all().map((record) => this.#describe(record));
    return [...waiting, ...this.#parts.scheduled.all().map((each) => this.#describeScheduled(each))];
  }

  /** What waits, in short: for whoever only tells of it. */
  waiting(): WaitingCommand[] {
    const open = this.#pending.all().flatMap(({ hash, origin, approvals }): WaitingCommand[] => {
      const command = this.#pending.command(hash);
      const unsigned = origin === "mailbox" && approvals.length === 0;
      return command === null ? [] : [{ hash, command, due: null, unsigned }];
    });
    const scheduled = this.#parts.scheduled.all().map((each) => this.#describeScheduled(each));
    return [...open, ...scheduled.map(({ hash, command, due }) => ({ hash, command, due, unsigned: false }))];
  }

  /** One command that waits, or that was decided; null for one this agent has never seen. */
  find(hash: string): PendingCommand | null {
    const record = this.#pending.find(hash);
    if (record) return this.#describe(record);
    const scheduled = this.#parts.scheduled.find(hash);
    if (scheduled) return this.#describeScheduled(scheduled);
    // A change of administrators and rules has a receipt as well, and is no command.
    if (this.#parts.index.link(hash) !== null) return null;
    const receipt = findReceipt(hash, this.#parts);
    const [entry] = receipt === null ? [] : this.#parts.log.entries(receipt.leaf, 1);
    if (!receipt || entry?.envelope === undefined) return null;
    const read = readEnvelope(decodeBase64url(entry.envelope));
    return describePending({ read, status: receipt.outcome, context: this.#parts, approvedAt: [], due: null });
  }

  /**
   * One touch at the page: adds the approval or rejection to each command of the list and carries out what is complete,
   * in order, each by itself; a later failure leaves earlier ones applied.
   *
   * @throws {@link HoldfastError} `E_CRED_UNKNOWN`, `E_ASSERT_…` when the touch itself does not count; on record
   */
  async decide({ decision, list, assertion }: PageDecision): Promise<Decided[]> {
    const all = await this.#inTurn(async () => {
      const approval: Approval = { decision, list: [...list], ...assertion };
      await this.#verifyTouch(approval);
      const decided: Decided[] = [];
      for (const hash of list) decided.push(await this.#decideOne(hash, approval));
      return decided;
    });
    return Promise.all(all.map((decided) => this.#held(decided)));
  }

  /**
   * Carries out what the command line asks for: at once with a local administrator, otherwise as a proposal.
   *
   * With `wait` it resolves when the command was decided, and then brings a new client's files.
   */
  async act(request: ActRequest, signal?: AbortSignal): Promise<ActAnswer> {
    const { local, logger } = this.#parts;
    const { first, final } = await this.#inTurn(async () => {
      const { doc, hash } = composeCommand(request, this.#parts);
      const approvals = local === null ? [] : [this.#approveLocally([hash], DECISION.approve, local)];
      const read = bringIntroductions(makeEnvelope({ doc, approvals }), this.#parts);
      const decided = await this.#look(read, { due: false, local: local !== null }, "cli");
      const awaits = decided.outcome === "pending" && request.wait;
      if (awaits) logger.info("command.awaited", { hash });
      return { first: decided, final: awaits ? this.#awaited.wait(hash, signal) : null };
    });
    return this.#answer(await this.#held((await final) ?? first));
  }

  /** Cancels a waiting command: by the local administrator; elsewhere it takes a passkey at the page. */
  async cancel(hash: string): Promise<ActAnswer> {
    const { local } = this.#parts;
    const found = this.find(hash);
    if (found === null) throw new AdmissionError("E_PRESTATE", "No such command waits.");
    const { have, need } = found;
    if (local === null) return this.#answer({ hash, outcome: "pending", have, need });
    const approval = this.#approveLocally([hash], DECISION.reject, local);
    return this.#answer(await this.#inTurn(() => this.#decideOne(hash, approval)));
  }

  /** Where a person decides on these commands: the agent's page as the roster has it; null without one. */
  approveUrl(hashes: readonly string[]): string | null {
    const [administrator] = this.#parts.rosters.current().roster.admins;
    const credential = administrator?.creds.find(({ channel }) => channel !== "local");
    return credential && "origin" in credential ? `${credential.origin}/approve#${hashes.join(".")}` : null;
  }

  /** Runs commands whose delay is over, and forgets those whose time is. */
  async runDue(): Promise<void> {
    const due: string[] = [];
    const counted = this.#parts.running.take();
    for (const each of this.#parts.scheduled.all())
      if (each.dueSeconds <= counted && (await this.#parts.isElapsed(each))) due.push(each.hash);
    await this.#inTurn(async () => {
      for (const each of this.#parts.scheduled.all()) if (due.includes(each.hash)) await this.#run(each);
      for (const record of this.#pending.all()) await this.#expire(record);
    }).catch(() => this.#parts.logger.error("admission.due"));
  }

  async #run({ hash, keyId, envelope }: ScheduledCommand): Promise<void> {
    const read = readEnvelope(envelope);
    try {
      const verdict = await admit(read, this.#parts, { due: true, local: true });
      if (verdict.kind === "admitted") return void this.#conclude(hash, this.#parts.executor.apply(verdict.admitted));
      if (verdict.kind === "waiting") throw new AdmissionError("E_QUORUM");
    } catch (error) {
      const reason = error instanceof Refusal ? error.reason : error;
      if (!(reason instanceof HoldfastError)) throw reason;
      if (saysNothing(reason.code)) return; // waits on, until it can be judged and written
      this.#conclude(hash, this.#end(read, { result: "refused", code: reason.code, scheduledKey: keyId, by: [] }));
    }
  }

  /**
   * Proposals whose time is over, or that name an older roster, can never be carried out: those that nobody approved are
   * forgotten, those with an approval end on record.
   */
  async #expire(record: PendingRecord): Promise<void> {
    const { hash } = record;
    const command = this.#pending.command(hash);
    const { guard, keystore, problem, rosters } = this.#parts;
    if (!command) return;
    const isOver = guard.alarm() === null && guard.time() > command.exp;
    const isStale = command.roster.seq < rosters.current().roster.seq;
    if (!isOver && !isStale) return;
    const ending = isStale
      ? ({ result: "expired", code: "E_ROSTER_STALE" } as const)
      : ({ result: "expired" } as const);
    const by = this.#people(record);
    if (record.approvals.length === 0) this.#pending.drop(hash);
    else if (problem !== null || keystore.domain().recovering) return;
    else this.#end(makeEnvelope(record), { ...ending, scheduledKey: null, by });
    const { result: outcome, ...why } = ending;
    this.#settle({ hash, outcome, ...why });
  }

  async #decideOne(hash: string, approval: Approval): Promise<Decided> {
    const scheduled = this.#parts.scheduled.find(hash);
    const record = this.#pending.find(hash);
    if (approval.decision === DECISION.reject && (scheduled || record))
      return this.#reject(hash, approval, record, scheduled);
    if (!record) {
      const receipt = findReceipt(hash, this.#parts);
      if (receipt) this.#parts.refusals.count("E_REPLAY"); // nothing happens twice; that it was tried is on record
      if (receipt) return decidedBefore(hash, receipt);
      return this.#refused(hash, new AdmissionError("E_PRESTATE", "No such command waits at this agent."));
    }
    const approvals = withApproval(record.approvals, approval);
    const now = this.#parts.guard.time();
    const approvedAt = approvals.map((each, index) => (each === approval ? now : (record.approvedAt[index] ?? now)));
    const changed = { ...record, approvals, approvedAt };
    return this.#look(
      makeEnvelope(changed),
      { due: false, local: !isPasskeyApproval(approval) },
      record.origin,
      changed,
    );
  }

  #reject(hash: string, approval: Approval, record: PendingRecord | null, scheduled: ScheduledCommand | null): Decided {
    const before = record ? makeEnvelope(record) : readEnvelope((scheduled as ScheduledCommand).envelope);
    if (isTightening(before.command.act)) {
      const what = "A command that only tightens cannot be rejected; it may be left to expire.";
      return this.#refused(hash, new AdmissionError("E_ARGS", what));
    }
    return this.#cancel(before, [approval]);
  }

  /** A rejection that came with an envelope ends its command, whether this agent knew it or not. */
  async #rejectByEnvelope(read: ReadEnvelope): Promise<Decided> {
    const { hash } = read;
    try {
      const verdict = await admitRejection(read, this.#parts);
      if (verdict.kind === "decided") return decidedBefore(hash, verdict.receipt);
      const record = this.#pending.find(hash);
      const scheduled = this.#parts.scheduled.find(hash);
      const before = scheduled
        ? readEnvelope(scheduled.envelope)
        : makeEnvelope(record ?? { ...read.envelope, approvals: [] });
      return this.#cancel(before, verdict.rejections);
    } catch (error) {
      return this.#refused(hash, error, read);
    }
  }

  /** Ends a loosening command by verified rejections. */
  #cancel({ hash, envelope }: ReadEnvelope, rejections: readonly Approval[]): Decided {
    if (this.#parts.problem !== null) return this.#refused(hash, new AdmissionError("E_RECOVERING"));
    const read = makeEnvelope({ ...envelope, approvals: rejections.reduce(withApproval, envelope.approvals) });
    const by = this.#people({ approvals: rejections });
    const scheduledKey = this.#parts.scheduled.find(hash)?.keyId ?? null;
    return this.#conclude(hash, this.#end(read, { result: "cancelled", code: "E_CANCELLED", scheduledKey, by }));
  }

  /** Runs the pipeline over an envelope and does what follows from the verdict. */
  async #look(
    read: ReadEnvelope,
    mode: AdmissionMode,
    origin: ProposalOrigin,
    record?: PendingRecord,
  ): Promise<Decided> {
    let verdict: Verdict;
    try {
      verdict = await admit(read, this.#parts, mode);
    } catch (error) {
      return this.#refused(read.hash, error, read);
    }
    if (verdict.kind === "decided") return decidedBefore(read.hash, verdict.receipt);
    if (verdict.kind === "waiting") return this.#wait(read, verdict, origin, record);
    return this.#carryOut(read, verdict);
  }

  #carryOut(read: ReadEnvelope, { admitted, delaySec }: Extract<Verdict, { kind: "admitted" }>): Decided {
    const { executor, running, guard } = this.#parts;
    try {
      if (delaySec === 0) {
        const outcome = executor.apply(admitted);
        this.#parts.transfers.applied(admitted.command);
        return this.#conclude(read.hash, outcome);
      }
      const dueAt = guard.time() + delaySec;
      const outcome = executor.schedule(admitted, { dueSeconds: running.take() + delaySec, dueAt });
      return this.#conclude(read.hash, outcome, dueAt);
    } catch (error) {
      if (admitted.prepared !== null) this.#parts.transfers.dropped(admitted.prepared, read.hash);
      const reason = error instanceof HoldfastError ? new Refusal(error, admitted.by) : error;
      return this.#refused(read.hash, reason, read);
    }
  }

  #wait(
    read: ReadEnvelope,
    { count, approvals }: Extract<Verdict, { kind: "waiting" }>,
    origin: ProposalOrigin,
    record?: PendingRecord,
  ): Decided {
    const { hash, envelope } = read;
    const now = this.#parts.guard.time();
    const good = approvals.map(({ approval }) => approval);
    const fresh = {
      hash,
      doc: envelope.doc,
      ...(envelope.proposal === undefined ? {} : { proposal: envelope.proposal }),
      ...(envelope.intros === undefined ? {} : { intros: envelope.intros }),
      origin,
      receivedAt: now,
      approvals: good,
      approvedAt: good.map(() => now),
    };
    try {
      this.#pending.put(record ?? fresh);
    } catch (error) {
      return this.#refused(hash, error);
    }
    if (envelope.approvals.length > 0) this.#parts.refusals.count("E_QUORUM");
    this.#changed(hash);
    return {
      hash,
      outcome: "pending",
      have: count.have,
      need: count.need,
      ...(good.length > 0 ? { code: "E_QUORUM" } : {}),
    };
  }

  /** Answers for new keys only when they are held where administrators say; what is late is said, and not undone. */
  async #held(decided: Decided): Promise<Decided> {
    if (decided.outcome !== "applied") return decided;
    try {
      await this.#parts.executor.untilHeld();
      return decided;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const code = String(error.code);
      return { ...decided, code, what: error.message, next: explainRefusal(code).next };
    }
  }

  #conclude(hash: string, outcome: Outcome, due?: number): Decided {
    const decided = decidedOf(hash, outcome, due);
    this.#pending.drop(hash);
    // A command line that waits gets a new client's files, and then nobody else does.
    if (!this.#settle(decided)) return decided;
    const { files: _, ...rest } = decided;
    return rest;
  }

  #end(
    read: ReadEnvelope,
    how: {
      result: "cancelled" | "expired" | "refused";
      code?: string;
      scheduledKey: string | null;
      by: readonly string[];
    },
  ): Outcome {
    const { hash, envelopeHash, bytes } = read;
    const { result, code, scheduledKey, by } = how;
    const { local, executor } = this.#parts;
    const people = local === null ? ({ kind: "admins", ids: [...by] } as const) : ({ kind: "local" } as const);
    const actor = by.length === 0 ? ({ kind: "agent" } as const) : people;
    const outcome = executor.end({
      hash,
      envelopeHash,
      envelope: bytes,
      result,
      actor,
      scheduledKey,
      ...(code === undefined ? {} : { code }),
    });
    this.#pending.drop(hash);
    return outcome;
  }

  /** A refusal as a value: on record by a counter, or by an entry of its own where somebody's approval verified. */
  #refused(hash: string, error: unknown, read?: ReadEnvelope): Decided {
    const reason = error instanceof Refusal ? error.reason : error;
    if (!(reason instanceof HoldfastError)) throw reason;
    const by = error instanceof Refusal ? error.by : [];
    const { code } = reason;
    this.#parts.logger.warn("command.refused", { code, hash });
    if (read === undefined || by.length === 0 || !this.#recordRefusal(hash, code, by)) this.#parts.refusals.count(code);
    const next = (reason instanceof AdmissionError ? reason.next : undefined) ?? explainRefusal(code).next;
    const decided: Decided = { hash, outcome: "refused", code, what: reason.message, next };
    this.#changed(hash);
    return decided;
  }

  #recordRefusal(hash: string, code: string, by: readonly string[]): boolean {
    const { index, executor, keystore, problem, local } = this.#parts;
    if (saysNothing(code) || problem !== null || keystore.domain().recovering) return false;
    if (index.hasRefusal(hash, code)) return false;
    executor.recordRefusal(hash, code, local === null ? { kind: "admins", ids: [...by] } : { kind: "local" });
    return true;
  }

  /** Adds what an envelope brings to what waits already. */
  #merge(read: ReadEnvelope): ReadEnvelope {
    const record = this.#pending.find(read.hash);
    if (!record || record.approvals.length === 0) return read;
    const approvals = read.envelope.approvals.reduce(withApproval, record.approvals);
    return approvals.length > MAX_APPROVALS ? read : makeEnvelope({ ...record, approvals });
  }

  async #verifyTouch(approval: Approval): Promise<void> {
    try {
      const found = findCredential(this.#parts.rosters.current().roster, approval.credId);
      if (found === null) throw new AdmissionError("E_CRED_UNKNOWN");
      await verifyApproval(approval, found.credential);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#parts.refusals.count(error.code);
      this.#parts.logger.warn("approval.refused", { code: error.code });
      throw error;
    }
  }

  #approveLocally(list: readonly string[], decision: 1 | 2, local: SigningHandle): Approval {
    return approveLocally(list, decision, { local, roster: this.#parts.rosters.current().roster });
  }

  #people({ approvals }: Pick<PendingRecord, "approvals">): string[] {
    const { roster } = this.#parts.rosters.current();
    const found = approvals.map(({ credId }) => findCredential(roster, credId)?.administrator.adm);
    return [...new Set(found.filter((adm) => adm !== undefined))];
  }

  #describe(record: PendingRecord): PendingCommand {
    const read = makeEnvelope(record);
    const { approvedAt } = record;
    return describePending({
      read,
      status: "pending",
      context: this.#parts,
      approvedAt,
      due: null,
      dryRun: dryRun(read, this.#parts),
    });
  }

  #describeScheduled({ envelope, dueSeconds }: ScheduledCommand): PendingCommand {
    const { running, guard } = this.#parts;
    const due = guard.time() + Math.max(0, dueSeconds - running.take());
    return describePending({
      read: readEnvelope(envelope),
      status: "scheduled",
      context: this.#parts,
      approvedAt: [],
      due,
    });
  }

  #answer(decided: Decided): ActAnswer {
    return answerAct(decided, this.#parts, this.approveUrl([decided.hash]));
  }

  #changed(hash: string): void {
    for (const listener of this.#listeners) listener(hash);
  }

  /** Tells everybody; true when a command line waited for exactly this. */
  #settle(decided: Decided): boolean {
    this.#changed(decided.hash);
    return this.#awaited.settle(decided);
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

function decidedBefore(hash: string, { outcome, leaf, code }: StoredReceipt): Decided {
  return { hash, outcome, leaf, ...(code === undefined ? {} : { code }) };
}

/** Whether somebody says no to a command that can be said no to. */
function isRejection({ command, envelope }: ReadEnvelope): boolean {
  return !isTightening(command.act) && envelope.approvals.some(({ decision }) => decision === DECISION.reject);
}
