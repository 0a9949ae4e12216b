import {
  type Approval,
  DECISION,
  findCredential,
  HoldfastError,
  isPasskeyApproval,
  isRejectable,
  isTightening,
  MAX_APPROVALS,
} from "@holdfast/protocol";
import type { AdmissionParts } from "./admission-parts.ts";
import { withApproval } from "./approval-list.ts";
import { findReceipt } from "./checks/find-receipt.ts";
import { makeEnvelope, type ReadEnvelope, readEnvelope } from "./checks/read-envelope.ts";
import { type CommandEndings, decidedBefore, saysNothing } from "./command-endings.ts";
import type { Decided } from "./decided.ts";
import { AdmissionError } from "./errors.ts";
import { LoneRejections } from "./lone-rejections.ts";
import type { PendingCommands, PendingRecord, ProposalOrigin } from "./pending.ts";
import { type AdmissionMode, admit, admitRejection, Refusal, type Verdict } from "./pipeline.ts";
import type { ScheduledCommand } from "./scheduled.ts";

const TIGHTENS = "A command that only tightens cannot be rejected; it may be left to expire.";
const UNLOCKS = "Unlocking cannot be rejected: it takes its quorum, and whoever is against it does not approve.";
const UNKNOWN = {
  what: "No such command waits at this agent.",
  next: "Look at what waits there; propose or deliver the command first.",
};

/**
 * The course of one command: what follows when its envelope, an approval, a rejection or the end of its delay comes. It
 * waits, is carried out, or ends.
 *
 * Caller must: ask for one thing after the other.
 */
export class CommandCourse {
  readonly #parts: AdmissionParts;
  readonly #pending: PendingCommands;
  readonly #endings: CommandEndings;
  readonly #lone = new LoneRejections();

  constructor(parts: AdmissionParts, pending: PendingCommands, endings: CommandEndings) {
    this.#parts = parts;
    this.#pending = pending;
    this.#endings = endings;
  }

  /** An envelope that was delivered: adds what it brings to what waits already, or ends what it says no to. */
  async take(read: ReadEnvelope, origin: ProposalOrigin): Promise<Decided> {
    if (isRejection(read)) return this.#rejectByEnvelope(read);
    return this.look(this.#merge(read), { due: false, local: false }, origin);
  }

  /** Runs the pipeline over an envelope and does what follows from the verdict. */
  async look(
    read: ReadEnvelope,
    mode: AdmissionMode,
    origin: ProposalOrigin,
    record?: PendingRecord,
  ): Promise<Decided> {
    let verdict: Verdict;
    try {
      verdict = await admit(read, this.#parts, mode);
    } catch (error) {
      return this.#endings.refuse(read.hash, error, read);
    }
    if (verdict.kind === "decided") return decidedBefore(read.hash, verdict.receipt);
    if (verdict.kind === "waiting") return this.#wait(read, verdict, origin, record);
    return this.#carryOut(read, verdict);
  }

  /** One approval or rejection of a command that waits here. Caller must: have verified that the touch counts. */
  async decide(hash: string, approval: Approval): Promise<Decided> {
    const scheduled = this.#parts.scheduled.find(hash);
    const record = this.#pending.find(hash);
    if (approval.decision === DECISION.reject && (scheduled || record))
      return this.#reject(hash, approval, record, scheduled);
    if (!record) {
      const receipt = findReceipt(hash, this.#parts);
      if (receipt) this.#parts.refusals.count("E_REPLAY"); // nothing happens twice; that it was tried is on record
      if (receipt) return decidedBefore(hash, receipt);
      return this.#endings.refuse(hash, new AdmissionError("E_PRESTATE", "No such command waits at this agent."));
    }
    const approvals = withApproval(record.approvals, approval);
    const now = this.#parts.guard.time();
    const approvedAt = approvals.map((each, index) => (each === approval ? now : (record.approvedAt[index] ?? now)));
    const changed = { ...record, approvals, approvedAt };
    return this.look(
      makeEnvelope(changed),
      { due: false, local: !isPasskeyApproval(approval) },
      record.origin,
      changed,
    );
  }

  /** A command whose delay is over is judged again, and carried out or ended. */
  async run({ hash, keyId, envelope }: ScheduledCommand): Promise<void> {
    const read = readEnvelope(envelope);
    const endings = this.#endings;
    try {
      const verdict = await admit(read, this.#parts, { due: true, local: true });
      if (verdict.kind === "admitted") return void endings.conclude(hash, this.#parts.executor.apply(verdict.admitted));
      if (verdict.kind === "waiting") throw new AdmissionError("E_QUORUM");
    } catch (error) {
      const reason = error instanceof Refusal ? error.reason : error;
      if (!(reason instanceof HoldfastError)) throw reason;
      if (saysNothing(reason.code)) return; // waits on, until it can be judged and written
      endings.conclude(hash, endings.end(read, { result: "refused", code: reason.code, scheduledKey: keyId, by: [] }));
    }
  }

  #carryOut(read: ReadEnvelope, { admitted, delaySec }: Extract<Verdict, { kind: "admitted" }>): Decided {
    const { executor, running, guard } = this.#parts;
    try {
      if (delaySec === 0) {
        const outcome = executor.apply(admitted);
        this.#parts.transfers.applied(admitted.command);
        return this.#endings.conclude(read.hash, outcome);
      }
      const dueAt = guard.time() + delaySec;
      const outcome = executor.schedule(admitted, { dueSeconds: running.take() + delaySec, dueAt });
      return this.#endings.conclude(read.hash, outcome, dueAt);
    } catch (error) {
      if (admitted.prepared !== null) this.#parts.transfers.dropped(admitted.prepared, read.hash);
      const reason = error instanceof HoldfastError ? new Refusal(error, admitted.by) : error;
      return this.#endings.refuse(read.hash, reason, read);
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
      return this.#endings.refuse(hash, error);
    }
    if (envelope.approvals.length > 0) this.#parts.refusals.count("E_QUORUM");
    this.#endings.changed(hash);
    return {
      hash,
      outcome: "pending",
      have: count.have,
      need: count.need,
      ...(good.length > 0 ? { code: "E_QUORUM" } : {}),
    };
  }

  #reject(hash: string, approval: Approval, record: PendingRecord | null, scheduled: ScheduledCommand | null): Decided {
    const before = record ? makeEnvelope(record) : readEnvelope((scheduled as ScheduledCommand).envelope);
    try {
      this.#checkRejectable(before, [approval], scheduled !== null);
    } catch (error) {
      return this.#endings.refuse(hash, error);
    }
    return this.#endings.cancel(before, [approval]);
  }

  /** @throws {@link AdmissionError} `E_ARGS` for what nobody's no ends; `E_LIMIT` as {@link LoneRejections} */
  #checkRejectable({ command: { act }, envelope }: ReadEnvelope, rejections: readonly Approval[], scheduled: boolean) {
    if (!isRejectable(act)) throw new AdmissionError("E_ARGS", isTightening(act) ? TIGHTENS : UNLOCKS);
    if (scheduled || !rejections.every(isPasskeyApproval)) return;
    const { roster } = this.#parts.rosters.current();
    const peopleOf = (approvals: readonly Approval[]) =>
      approvals.map(({ credId }) => findCredential(roster, credId)?.administrator.adm);
    const people = peopleOf(rejections);
    if (peopleOf(envelope.approvals).some((adm) => !people.includes(adm))) return;
    for (const adm of new Set(people)) if (adm !== undefined) this.#lone.take(adm, this.#parts.running.take());
  }

  /** A rejection that came with an envelope ends its command where that waits here. */
  async #rejectByEnvelope(read: ReadEnvelope): Promise<Decided> {
    const { hash } = read;
    try {
      const verdict = await admitRejection(read, this.#parts);
      if (verdict.kind === "decided") return decidedBefore(hash, verdict.receipt);
      const record = this.#pending.find(hash);
      const scheduled = this.#parts.scheduled.find(hash);
      if (!scheduled && !record) throw new AdmissionError("E_PRESTATE", UNKNOWN.what, {}, UNKNOWN.next);
      const before = record ? makeEnvelope(record) : readEnvelope((scheduled as ScheduledCommand).envelope);
      this.#checkRejectable(before, verdict.rejections, scheduled !== null);
      return this.#endings.cancel(before, verdict.rejections);
    } catch (error) {
      return this.#endings.refuse(hash, error, read);
    }
  }

  #merge(read: ReadEnvelope): ReadEnvelope {
    const record = this.#pending.find(read.hash);
    if (!record || record.approvals.length === 0) return read;
    const approvals = read.envelope.approvals.reduce(withApproval, record.approvals);
    return approvals.length > MAX_APPROVALS ? read : makeEnvelope({ ...record, approvals });
  }
}

/** Whether somebody says no to a command that can be said no to; of any other, whether that is all that is said. */
function isRejection({ command, envelope }: ReadEnvelope): boolean {
  const said = envelope.approvals.map(({ decision }) => decision);
  const onlyNo = !isTightening(command.act) && said.every((decision) => decision === DECISION.reject);
  return said.includes(DECISION.reject) && (isRejectable(command.act) || onlyNo);
}
