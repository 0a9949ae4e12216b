import { encodeBase64url } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { LogDraft } from "../custody-log/custody-log.ts";
import type { ChangeWrite } from "./change.ts";
import type { ExecutorParts } from "./executor-parts.ts";
import { faultPoint } from "./fault-point.ts";
import type { Settled } from "./group-commit.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** What is written in a transaction, and into which rows and entries. */
export type Work<T> = (unit: UnitOfWork, draft: LogDraft) => T;

/** Entries that are written and perhaps not durable yet: nobody was told of them. */
interface Unsynced {
  readonly unit: UnitOfWork;
  readonly draft: LogDraft;
  readonly settled: Settled;
}

/** Entries that change no state are under a signed checkpoint within this time; all others at once. */
const CHECKPOINT_MS = 1_000;

/**
 * Makes rows and entries durable together, and only then takes them into memory and under a signed checkpoint: one
 * synchronous transaction at a time.
 *
 * @see docs/spec, protocol section 7, steps 13 and 14
 */
export class Transactions {
  readonly #parts: ExecutorParts;
  readonly #unsynced: Unsynced[] = [];
  /** What the disk failed to take: it was refused, and stands in the store all the same once the disk takes it. */
  readonly #unconfirmed: Unsynced[] = [];
  #stepNoted = false;
  #acceptsLoss = false;
  #checkpointedAt = Number.NEGATIVE_INFINITY;
  #checkpointLater: NodeJS.Timeout | null = null;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /**
   * Writes in one transaction what `work` says: all of it, or nothing.
   *
   * @param changes - Whether anything but the log grows: what is durable is then under a checkpoint at once.
   * @throws {@link AdmissionError} `E_LOG_CORRUPT`, `E_LOG_ROLLBACK`; {@link StoreError} `E_STORE`; what `work` throws
   */
  write<T>(work: Work<T>, changes = true): T {
    try {
      return this.#writeNow(work, changes);
    } finally {
      this.#parts.hsmKeys?.concluded();
    }
  }

  /**
   * The same for the one thing that is written while the log is behind of what was signed: that people give that up.
   *
   * Caller must: open the domain anew afterwards.
   */
  writeAcceptingLoss<T>(work: Work<T>): T {
    if (this.#parts.lost === null) return this.write(work);
    this.#acceptsLoss = true;
    try {
      return this.write(work);
    } finally {
      this.#acceptsLoss = false;
    }
  }

  /** The same for changes that need no command. */
  writeAll(writes: readonly ChangeWrite[]): void {
    if (writes.length === 0) return;
    this.write((unit, draft) => carryOut(writes, unit, draft), isMoreThanEntries(writes));
  }

  /**
   * Writes the changes of a moment. Where only the log grows, the disk is waited for in another thread, and meanwhile
   * the next ones are gathered: what they wrote is told to nobody, in no checkpoint and no answer, before it is durable.
   */
  writeTogether(writes: readonly ChangeWrite[], settled: Settled): void {
    if (writes.length === 0 || isMoreThanEntries(writes)) {
      this.writeAll(writes);
      settled();
      return;
    }
    const { store, log } = this.#parts;
    if (this.#unconfirmed.length > 0) this.settle();
    const { unit, draft } = this.#transact(
      (...parts) => carryOut(writes, ...parts),
      (body) => store.transactUnsynced(body),
    );
    log.goOnFrom(draft);
    const unsynced = { unit, draft, settled };
    this.#unsynced.push(unsynced);
    store.syncLater().then(
      () => this.#adoptUpTo(unsynced),
      (cause: unknown) => this.#refuse(cause),
    );
  }

  /**
   * Ends the wait for the disk: whoever waited is answered before anything else changes.
   *
   * @throws {@link StoreError} `E_STORE`: whoever waited was refused, and nothing may be written upon what is not durable
   */
  settle(): void {
    const last = this.#unsynced.at(-1) ?? this.#unconfirmed.at(-1);
    if (last === undefined) return;
    try {
      this.#parts.store.sync();
    } catch (cause) {
      this.#refuse(cause);
      throw cause;
    }
    this.#adoptUpTo(last);
  }

  /** Signs the log's head; a disk that does not take the file is reported and tried again with the next one. */
  checkpoint(): void {
    faultPoint("executor:before-checkpoint");
    if (this.#checkpointLater !== null) clearTimeout(this.#checkpointLater);
    this.#checkpointLater = null;
    this.#checkpointedAt = performance.now();
    try {
      this.#parts.log.signCheckpoint();
    } catch {
      this.#parts.logger.error("checkpoint.unwritten", { size: this.#parts.log.size });
    }
    faultPoint("executor:after-checkpoint");
  }

  #writeNow<T>(work: Work<T>, changes: boolean): T {
    const { store, log } = this.#parts;
    this.settle();
    const { unit, draft, value } = this.#transact(work, (body) => store.transact(body));
    log.goOnFrom(draft);
    this.#adopt(unit, draft, changes);
    return value;
  }

  #transact<T>(
    work: Work<T>,
    transact: (body: () => T) => T,
  ): { readonly unit: UnitOfWork; readonly draft: LogDraft; readonly value: T } {
    const { log, guard, problem } = this.#parts;
    if (problem !== null && !this.#acceptsLoss) throw new AdmissionError(problem);
    const draft = log.draft();
    const unit = new UnitOfWork({ ...this.#parts, draft });
    const value = unit.attempt(() =>
      transact(() => {
        faultPoint("executor:begun");
        this.#noteClockStep(unit);
        const made = work(unit, draft);
        const { size, root } = draft.head;
        unit.putRow("setting", "log-head", { size, root: encodeBase64url(root) }, size - 1);
        return made;
      }),
    );
    faultPoint("executor:committed");
    this.#stepNoted = guard.alarm() !== null;
    return { unit, draft, value };
  }

  /** Takes into memory what is durable. */
  #adopt(unit: UnitOfWork, draft: LogDraft, changes: boolean): void {
    unit.adopt();
    this.#parts.log.adopt(draft);
    if (changes || performance.now() - this.#checkpointedAt >= CHECKPOINT_MS) this.checkpoint();
    else this.#checkpointLater ??= setTimeout(() => this.checkpoint(), CHECKPOINT_MS).unref();
  }

  /** Takes over what is durable, in the order in which it was written; what was refused meanwhile stands in the store too. */
  #adoptUpTo(last: Unsynced): void {
    if (!this.#unsynced.includes(last) && !this.#unconfirmed.includes(last)) return; // settled meanwhile
    if (this.#unconfirmed.length > 0) this.#parts.logger.warn("store.confirmed", { size: this.#parts.log.size });
    for (const { unit, draft } of this.#unconfirmed.splice(0)) this.#adopt(unit, draft, false);
    while (this.#unsynced.includes(last)) {
      const next = this.#unsynced.shift() as Unsynced;
      this.#adopt(next.unit, next.draft, false);
      next.settled();
    }
  }

  /** Refuses all that waits for a disk that failed. No log and no checkpoint has it before it is durable. */
  #refuse(cause: unknown): void {
    const refused = this.#unsynced.splice(0);
    if (refused.length > 0) this.#parts.logger.error("store.unconfirmed", { size: this.#parts.log.size });
    this.#unconfirmed.push(...refused);
    for (const { settled } of refused) settled(cause);
  }

  /** The first entry after a clock step says so; later ones are dated by the running time. */
  #noteClockStep(unit: UnitOfWork): void {
    const { guard, aid } = this.#parts;
    if (this.#stepNoted || guard.alarm() === null) return;
    const data = { wall: guard.wall(), estimate: guard.time() };
    unit.append({ kind: "clock", subject: aid, actor: { kind: "agent" }, cause: { kind: "host" }, data });
    this.#parts.logger.warn("clock.step", data);
  }
}

function isMoreThanEntries(writes: readonly ChangeWrite[]): boolean {
  return writes.some(({ effect }) => effect !== undefined);
}

function carryOut(writes: readonly ChangeWrite[], unit: UnitOfWork, draft: LogDraft): void {
  for (const write of writes) {
    if (write.effect === undefined) unit.append(write.entry);
    else unit.perform(write.effect, write.reason);
  }
  faultPoint("executor:after-rows");
  draft.write();
  faultPoint("executor:after-leaves");
}
