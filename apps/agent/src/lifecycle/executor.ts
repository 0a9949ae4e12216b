import { type KeyHandle, randomBytes } from "@holdfast/crypto";
import { deriveClientKeyId, type LeafActor } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { NewLeaf } from "../custody-log/leaf.ts";
import { StoreError } from "../keystore/errors.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { MadeKey, MakeKey, MakePair } from "./act.ts";
import type { AdmittedCommand } from "./admitted-command.ts";
import type { Change, ChangeWrite } from "./change.ts";
import { CommandWrites, type Ending, type LinkConclusion, type Previewed } from "./command-writes.ts";
import { dueSteps } from "./due-steps.ts";
import type { ClientEffect, Effect } from "./effect.ts";
import type { ExecutorParts } from "./executor-parts.ts";
import { faultPoint } from "./fault-point.ts";
import { GroupCommit } from "./group-commit.ts";
import { type HostEvent, hostEntry, type UseRow, useEntry } from "./host-entry.ts";
import { KeyMaker } from "./key-maker.ts";
import { isMaking, isMakingAct, type NewKeyHold } from "./new-key-hold.ts";
import type { Outcome } from "./outcome.ts";
import { stepKey } from "./step-key.ts";
import { Transactions } from "./transactions.ts";
import type { Reason, UnitOfWork } from "./unit-of-work.ts";

/** Most steps of planned dates in one transaction. */
const MOST_STEPS = 1000;

/**
 * The only writer of authoritative rows: state with MACs, log entries and the signed receipt, in one synchronous
 * transaction. What memory holds changes only after it is durable.
 *
 * @see docs/spec, protocol section 7, steps 13 and 14
 */
export class Executor {
  readonly #parts: ExecutorParts;
  readonly #transactions: Transactions;
  readonly #commands: CommandWrites;
  readonly #maker: KeyMaker;
  readonly #group: GroupCommit;
  #hold: NewKeyHold | null = null;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
    this.#maker = new KeyMaker(parts);
    this.#transactions = new Transactions(parts);
    this.#commands = new CommandWrites(parts, this.#transactions, this.#maker);
    this.#group = new GroupCommit((writes, settled) => this.#transactions.writeTogether(writes, settled));
  }

  /** From now on new keys are held by this, as long as the domain says `ackNewKey: backup`. */
  holdNewKeys(hold: NewKeyHold): void {
    this.#hold = hold;
  }

  /**
   * Resolves when new keys of what was written so far may be answered for.
   *
   * @throws {@link AdmissionError} `E_UNBACKED`: they are made and kept, and in no backup yet
   */
  async untilHeld(): Promise<void> {
    const { log, index } = this.#parts;
    if (this.#holding !== null) await this.#holding.untilHeld(Math.min(log.size, index.newestMaterial + 1));
  }

  get #holding(): NewKeyHold | null {
    return this.#parts.keystore.domain().ackNewKey === "backup" ? this.#hold : null;
  }

  /**
   * Applies a command: all of it, or nothing.
   *
   * @throws {@link AdmissionError} from the re-check or the act; {@link StoreError} `E_STORE`
   */
  apply(admitted: AdmittedCommand): Outcome {
    faultPoint("admission:before-transaction");
    if (isMakingAct(admitted.command.act)) this.#holding?.assertHolding();
    const outcome = this.#commands.apply(admitted);
    if (admitted.command.act === "restore.accept")
      this.#parts.logger.warn("restore.accepted", { size: this.#parts.keystore.domain().leaf });
    if (admitted.command.act === "log.acceptLoss")
      this.#parts.logger.warn("loss.accepted", { size: this.#parts.keystore.domain().leaf });
    const { issued, prepared } = admitted;
    const files = issued?.files ?? (prepared?.act === "export.wrap" ? prepared.files : undefined);
    return files === undefined ? outcome : { ...outcome, secrets: files };
  }

  /** Records a command whose delay begins now; the target takes tightening acts only until it ends. */
  schedule(admitted: AdmittedCommand, delay: { dueSeconds: number; dueAt: number }): Outcome {
    return this.#commands.schedule(admitted, delay);
  }

  /** Ends a pending or scheduled command without applying it. */
  end(ending: Ending): Outcome {
    return this.#commands.end(ending);
  }

  /**
   * Writes what became of links of the roster, the one in question first, in one transaction: entries, envelopes, receipts,
   * and what `rows` say.
   *
   * Caller must: have judged the first one (roster/ does).
   * @param recheck - Repeats, inside the transaction, what could have become false since.
   */
  concludeLinks(recheck: () => void, links: readonly [LinkConclusion, ...LinkConclusion[]]): Outcome {
    faultPoint("admission:before-transaction");
    return this.#commands.concludeLinks(recheck, links);
  }

  /** The effect values of a command, without carrying them out; for dry runs. @throws {@link AdmissionError} */
  preview(command: Previewed): Effect[] {
    return this.#commands.preview(command);
  }

  /**
   * Locks the domain at its own host, without anybody's approval: nothing changes until administrators unlock, and use
   * goes on.
   *
   * @param code - Why, where the agent itself found a reason.
   */
  lockByHost(code?: "E_SPLIT_BRAIN"): void {
    const before = this.#parts.keystore.domain();
    const why = code === undefined ? {} : { code };
    const reason: Reason = { kind: "domain.lock", actor: { kind: "agent" }, cause: { kind: "host" }, ...why };
    this.changeByHost((unit) => unit.perform({ on: "domain", before, after: { ...before, locked: true } }, reason));
  }

  /**
   * Gives a client a renewed certificate; its entry is durable before this returns.
   *
   * Caller must: have checked the client and the effect (operations/ does).
   * @throws {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`
   */
  renewClient(effect: ClientEffect): void {
    this.assertChanging(false);
    const actor: LeafActor = { kind: "client", id: effect.after.id };
    this.changeByHost((unit) => {
      unit.perform(effect, { kind: "client.renew", actor, cause: { kind: "request" } });
      faultPoint("executor:after-rows");
    });
  }

  /** Gives a refused command an entry of its own. Caller must: have verified an approval, and ask once per command and code. */
  recordRefusal(hash: string, code: string, actor: LeafActor): void {
    const cause = { kind: "command", hash } as const;
    this.changeByHost((unit) => unit.append({ kind: "command.refused", subject: hash, actor, cause, code, data: {} }));
  }

  /**
   * Carries out a change that needs no command, together with the others of this turn of the event loop.
   *
   * Caller must: check client and grant in the change's `prepare` (operations/ does).
   * @returns when it is durable
   * @throws {@link AdmissionError} `E_LOG_CORRUPT`, `E_LOG_ROLLBACK`; {@link StoreError} `E_STORE`; what `prepare` throws
   */
  submit<T>(change: Change<T>): Promise<T> {
    const hold = this.#holding;
    return hold === null ? this.#group.submit(change) : this.#submitHeld(change, hold);
  }

  /** The same while new keys are answered for only once a backup holds them. */
  async #submitHeld<T>(change: Change<T>, hold: NewKeyHold): Promise<T> {
    let makes = false;
    const result = await this.#group.submit({
      ...change,
      prepare: () => {
        const prepared = change.prepare();
        makes = isMaking(prepared.writes);
        if (makes) hold.assertHolding();
        return prepared;
      },
    });
    if (makes) await this.untilHeld();
    return result;
  }

  /** The same, at once and by itself. Caller must: answer for a new key only after {@link untilHeld}. */
  perform<T>(change: Change<T>): T {
    const prepared = change.prepare();
    if (isMaking(prepared.writes)) this.#holding?.assertHolding();
    this.#transactions.writeAll(prepared.writes);
    return prepared.result();
  }

  /** Carries out what still waits. Caller must: do so while the keys that sign the log are there. */
  flush(): void {
    this.#group.flush();
    try {
      this.#transactions.settle();
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause; // whoever waited has been refused
    }
  }

  /**
   * Takes the steps that dates have brought about on some objects: recorded as the agent's own.
   *
   * While the domain is recovering none are written, while it is locked only those that tighten.
   */
  takeDueSteps(keys: Iterable<KeyRecord>): void {
    const { guard, keystore } = this.#parts;
    const { recovering, locked } = keystore.domain();
    if (recovering || this.#parts.problem !== null) return;
    const now = guard.time();
    let writes: ChangeWrite[] = [];
    for (const key of keys) {
      if (writes.length >= MOST_STEPS) {
        this.#transactions.writeAll(writes);
        writes = [];
      }
      let before = key;
      for (const kind of dueSteps(key, now)) {
        if (locked && kind === "key.activate") break;
        const effect = stepKey(before, kind, now);
        writes.push({ effect, reason: { kind, actor: { kind: "agent" }, cause: { kind: "host" } } });
        before = effect.after;
      }
    }
    this.#transactions.writeAll(writes);
  }

  /**
   * Whether clients may change anything now.
   *
   * @param tightens - Whether the change only takes something away: such pass a lock.
   * @throws {@link AdmissionError} `E_RECOVERING`, `E_LOCKED`
   */
  assertChanging(tightens: boolean): void {
    const { locked, recovering } = this.#parts.keystore.domain();
    if (recovering) throw new AdmissionError("E_RECOVERING");
    if (locked && !tightens) throw new AdmissionError("E_LOCKED");
  }

  /**
   * Records use: one entry per key, client and minute, all in one transaction.
   *
   * @returns False while the agent is recovering and writes nothing: keep the rows and offer them again.
   */
  recordUse(rows: readonly UseRow[]): boolean {
    return this.#append(rows.map(useEntry));
  }

  /** Records something about this agent: its start, unsealing, a link, a backup, a report. False while recovering. */
  recordHostEvent(kind: HostEvent, data: Readonly<Record<string, unknown>> = {}): boolean {
    return this.#append([this.hostEntry(kind, data)]);
  }

  /** An entry about this agent, to be appended. */
  hostEntry(kind: HostEvent, data: Readonly<Record<string, unknown>>): NewLeaf {
    return hostEntry(this.#parts.aid, kind, data);
  }

  #append(entries: readonly NewLeaf[]): boolean {
    if (this.#parts.keystore.domain().recovering || this.#parts.problem !== null) return false;
    if (entries.length === 0) return true;
    this.changeByHost((unit) => {
      for (const entry of entries) unit.append(entry);
    });
    return true;
  }

  /**
   * Writes what `work` says, with its entries, in one transaction. For custody's own rows and the agent's own entries only:
   * nothing here says who may use what.
   */
  changeByHost(work: (unit: UnitOfWork) => void): void {
    this.#transactions.write((unit, draft) => {
      work(unit);
      draft.write();
    });
  }

  /** Signs the log's head; a disk that does not take the file is reported and tried again with the next one. */
  checkpoint(): void {
    this.#transactions.checkpoint();
  }

  /** A fresh id for an object of a client. */
  newKeyId(client: ClientRecord): string {
    return deriveClientKeyId(this.#parts.tid, client.id, randomBytes(16));
  }

  /** What is recorded of material. */
  describeMaterial(handle: KeyHandle): MadeKey {
    return this.#maker.describeMaterial(handle);
  }

  /** Makes a key, and what is recorded of it. */
  readonly makeKey: MakeKey = (...parts) => this.#maker.makeKey(...parts);

  /** Makes a private and a public key that belong together, with the long computation elsewhere. */
  makePairLater(...parts: Parameters<MakePair>): Promise<ReturnType<MakePair>> {
    return this.#maker.makePairLater(...parts);
  }
}
