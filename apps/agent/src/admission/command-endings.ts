import { type Approval, findCredential, HoldfastError } from "@holdfast/protocol";
import type { Outcome, StoredReceipt } from "../lifecycle/outcome.ts";
import type { LostHeads } from "../witnesses/lost-heads.ts";
import type { AdmissionParts } from "./admission-parts.ts";
import { withApproval } from "./approval-list.ts";
import { AwaitedCommands } from "./awaited-commands.ts";
import { makeEnvelope, type ReadEnvelope } from "./checks/read-envelope.ts";
import { type Decided, decidedOf } from "./decided.ts";
import { AdmissionError, explainRefusal } from "./errors.ts";
import type { PendingCommands, PendingRecord } from "./pending.ts";
import { Refusal } from "./pipeline.ts";

/** Refusals that say something of the agent, not of the command: nothing final follows from them. */
const NO_VERDICT: ReadonlySet<string> = new Set(["E_RECOVERING", "E_STORE", "E_SEALED"]);

/** Whether a refusal says nothing of the command: it may be judged, or written, another time. */
export function saysNothing(code: string): boolean {
  return NO_VERDICT.has(code) || code.startsWith("E_HSM_");
}

/** How a command that was not applied ends on record. */
export interface EndedHow {
  readonly result: "cancelled" | "expired" | "refused";
  readonly code?: string;
  readonly scheduledKey: string | null;
  /** The administrators who said so; nobody where time or the agent did. */
  readonly by: readonly string[];
}

/** How commands end: on record, forgotten where they waited, and told to whoever waits for it. */
export class CommandEndings {
  readonly awaited = new AwaitedCommands();
  readonly #parts: AdmissionParts;
  readonly #pending: PendingCommands;
  readonly #listeners = new Set<(hash: string) => void>();

  constructor(parts: AdmissionParts, pending: PendingCommands) {
    this.#parts = parts;
    this.#pending = pending;
  }

  /** Calls back whenever a command's approvals or outcome changed. @returns what stops it */
  onChange(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells that a command's approvals or outcome changed. */
  changed(hash: string): void {
    for (const listener of this.#listeners) listener(hash);
  }

  /** Tells everybody what became of a command; true when a command line waited for exactly this. */
  settle(decided: Decided): boolean {
    this.changed(decided.hash);
    return this.awaited.settle(decided);
  }

  /** What the executor made of a command, as the answer. */
  conclude(hash: string, outcome: Outcome, due?: number): Decided {
    const decided = decidedOf(hash, outcome, due);
    this.#pending.drop(hash);
    // A command line that waits gets a new client's files, and then nobody else does.
    if (!this.settle(decided)) return decided;
    const { files: _, ...rest } = decided;
    return rest;
  }

  /** Ends a command on record without applying it. */
  end({ hash, envelopeHash, bytes }: ReadEnvelope, { result, code, scheduledKey, by }: EndedHow): Outcome {
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

  /** Ends a loosening command by verified rejections. */
  cancel({ hash, command, envelope }: ReadEnvelope, rejections: readonly Approval[]): Decided {
    const { lost, problem } = this.#parts;
    if (command.act === "log.acceptLoss" && lost !== null) return this.#cancelUnwritten(hash, lost);
    if (problem !== null) return this.refuse(hash, new AdmissionError("E_RECOVERING"));
    const read = makeEnvelope({ ...envelope, approvals: rejections.reduce(withApproval, envelope.approvals) });
    const by = this.#people({ approvals: rejections });
    const scheduledKey = this.#parts.scheduled.find(hash)?.keyId ?? null;
    return this.conclude(hash, this.end(read, { result: "cancelled", code: "E_CANCELLED", scheduledKey, by }));
  }

  /** Nothing can be written while the log is behind: the counter has it, and the command does not count any more. */
  #cancelUnwritten(hash: string, lost: LostHeads): Decided {
    lost.reject(hash);
    this.#pending.drop(hash);
    this.#parts.refusals.count("E_CANCELLED");
    this.#parts.logger.warn("loss.rejected", { hash });
    const decided: Decided = { hash, outcome: "cancelled", code: "E_CANCELLED" };
    this.settle(decided);
    return decided;
  }

  /**
   * Proposals whose time is over, or that name an older roster, can never be carried out: those that nobody approved are
   * forgotten, those with an approval end on record.
   */
  expire(record: PendingRecord): void {
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
    else this.end(makeEnvelope(record), { ...ending, scheduledKey: null, by });
    const { result: outcome, ...why } = ending;
    this.settle({ hash, outcome, ...why });
  }

  /** A refusal as a value: on record by a counter, or by an entry of its own where somebody's approval verified. */
  refuse(hash: string, error: unknown, read?: ReadEnvelope): Decided {
    const reason = error instanceof Refusal ? error.reason : error;
    if (!(reason instanceof HoldfastError)) throw reason;
    const by = error instanceof Refusal ? error.by : [];
    const { code } = reason;
    this.#parts.logger.warn("command.refused", { code, hash });
    if (read === undefined || by.length === 0 || !this.#recordRefusal(hash, code, by)) this.#parts.refusals.count(code);
    const next = (reason instanceof AdmissionError ? reason.next : undefined) ?? explainRefusal(code).next;
    const decided: Decided = { hash, outcome: "refused", code, what: reason.message, next };
    this.changed(hash);
    return decided;
  }

  #recordRefusal(hash: string, code: string, by: readonly string[]): boolean {
    const { index, executor, keystore, problem, local } = this.#parts;
    if (saysNothing(code) || problem !== null || keystore.domain().recovering) return false;
    if (index.hasRefusal(hash, code)) return false;
    executor.recordRefusal(hash, code, local === null ? { kind: "admins", ids: [...by] } : { kind: "local" });
    return true;
  }

  #people({ approvals }: Pick<PendingRecord, "approvals">): string[] {
    const { roster } = this.#parts.rosters.current();
    const found = approvals.map(({ credId }) => findCredential(roster, credId)?.administrator.adm);
    return [...new Set(found.filter((adm) => adm !== undefined))];
  }
}

/** The answer to a command that was decided before. */
export function decidedBefore(hash: string, { outcome, leaf, code }: StoredReceipt): Decided {
  return { hash, outcome, leaf, ...(code === undefined ? {} : { code }) };
}
