import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import type { AdmissionParts } from "./admission-parts.ts";
import { findReceipt } from "./checks/find-receipt.ts";
import { makeEnvelope, readEnvelope } from "./checks/read-envelope.ts";
import { dryRun } from "./dry-run.ts";
import type { PendingCommands, PendingRecord } from "./pending.ts";
import { describePending, type PendingCommand, type WaitingCommand } from "./pending-command.ts";
import type { ScheduledCommand } from "./scheduled.ts";

/** Commands as a person sees them: those that wait for approvals or for their delay, and those that were decided. */
export class WaitingCommands {
  readonly #parts: AdmissionParts;
  readonly #pending: PendingCommands;

  constructor(parts: AdmissionParts, pending: PendingCommands) {
    this.#parts = parts;
    this.#pending = pending;
  }

  /** All commands that wait for approvals or for their delay. */
  all(): PendingCommand[] {
    const waiting = this.#pending.all().map((record) => this.#describe(record));
    return [...waiting, ...this.#parts.scheduled.all().map((each) => this.#describeScheduled(each))];
  }

  /** The same in short: for whoever only tells of it. */
  inShort(): WaitingCommand[] {
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

  /** A command with the approvals it has, base64url, as files carry it; null for one this agent has never seen. */
  envelope(hash: string): string | null {
    const record = this.#pending.find(hash);
    if (record) return encodeBase64url(makeEnvelope(record).bytes);
    const scheduled = this.#parts.scheduled.find(hash);
    if (scheduled) return encodeBase64url(scheduled.envelope);
    if (this.#parts.index.link(hash) !== null) return null;
    const receipt = findReceipt(hash, this.#parts);
    return receipt === null ? null : (this.#parts.log.entries(receipt.leaf, 1)[0]?.envelope ?? null);
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
}
