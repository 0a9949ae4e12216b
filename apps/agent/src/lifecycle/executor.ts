import {
  generateKey,
  generateKeyPair,
  generateKeyPairLater,
  HsmError,
  type KeyHandle,
  type KeyPair,
  type RootKey,
  randomBytes,
  type SigningHandle,
} from "@holdfast/crypto";
import { deriveClientKeyId, encodeBase64url, type LeafActor, type Signed } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { HsmKeys } from "../custody/hsm/hsm-keys.ts";
import type { CustodyLog, LogDraft } from "../custody-log/custody-log.ts";
import type { NewLeaf } from "../custody-log/leaf.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { Store } from "../keystore/store.ts";
import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import type { ActInput, MadeKey, MakeKey, MakePair } from "./act.ts";
import type { AdmittedCommand } from "./admitted-command.ts";
import type { Change, ChangeWrite } from "./change.ts";
import type { IssuedFile } from "./client-issuer.ts";
import { dueSteps } from "./due-steps.ts";
import type { ClientEffect, Effect, KeyEffect } from "./effect.ts";
import { faultPoint } from "./fault-point.ts";
import { GroupCommit, type Settled } from "./group-commit.ts";
import { performAct } from "./perform-act.ts";
import { type ReceiptFacts, signReceipt } from "./receipt.ts";
import { stepKey } from "./step-key.ts";
import { type Reason, UnitOfWork, type Written } from "./unit-of-work.ts";

/** What the executor works on and signs with. */
export interface ExecutorParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly aik: SigningHandle;
  readonly tid: string;
  readonly aid: string;
  readonly keystore: Keystore;
  readonly index: LogIndex;
  readonly log: CustodyLog;
  readonly guard: ClockGuard;
  readonly roster: () => { readonly seq: number; readonly hash: string };
  readonly logger: Logger;
  /** Makes keys in the token; null in tests without one. */
  readonly hsmKeys: HsmKeys | null;
  /** Why nothing may be written: the stored log is not the one that was signed. Null when it is. */
  readonly problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK" | null;
}

/** What became of a command, with its receipt; `secrets` are files that are handed out once and exist nowhere else. */
export interface Outcome {
  readonly outcome: "applied" | "scheduled" | "cancelled" | "expired" | "refused";
  readonly code?: string;
  readonly receipt: Signed;
  /** Index of the command's first entry. */
  readonly leaf: number;
  readonly secrets?: readonly IssuedFile[];
}

/** A receipt as stored: the answer to every replay. */
export interface StoredReceipt extends Omit<Outcome, "secrets"> {
  /** False while a scheduled command waits. */
  readonly final: boolean;
}

/** Use of one key by one client in one minute. */
export interface UseRow {
  readonly keyId: string;
  readonly clientId: string;
  /** Unix time in minutes. */
  readonly minute: number;
  readonly ops: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Merkle root of the minute's local detail file, base64url. */
  readonly root: string;
}

/** Entries about the agent itself. */
export type HostEvent =
  | "agent.start"
  | "agent.unseal"
  | "agent.seal"
  | "agent.link"
  | "agent.rekey"
  | "root.send"
  | "kek.create"
  | "kek.retire"
  | "backup"
  | "drill"
  | "restore"
  | "backup.failed"
  | "report"
  | "attest";

/** What a new key waits for before its maker is answered, while administrators say so. */
export interface NewKeyHold {
  /** @throws {@link AdmissionError} `E_UNBACKED` when no new key could be held now: none is made then */
  assertHolding(): void;
  /** Resolves when a backup holds the first `size` entries. @throws {@link AdmissionError} `E_UNBACKED` when that takes too long */
  untilHeld(size: number): Promise<void>;
}

/** A scheduled command's row. Due is counted in the agent's running time. */
export interface ScheduledRow {
  readonly keyId: string;
  /** Base64url of the envelope with the approvals, which verify themselves again when due. */
  readonly envelope: string;
  readonly dueSeconds: number;
}

/** How a command that waits ends without being applied. */
export interface Ending {
  readonly hash: string;
  readonly envelopeHash: string;
  readonly envelope: Uint8Array | null;
  readonly result: "cancelled" | "expired" | "refused";
  readonly code?: string;
  readonly actor: LeafActor;
  /** The key whose schedule ends; null for a command that was only pending. */
  readonly scheduledKey: string | null;
}

/** What became of a link of the roster, and the rows that follow from it. */
export interface LinkConclusion {
  /** docHash of the link's roster. */
  readonly hash: string;
  readonly envelopeHash: string;
  readonly envelope: Uint8Array;
  readonly kind: "roster" | "roster.scheduled" | "roster.signed" | "roster.cancelled" | "roster.refused";
  readonly code?: string;
  readonly actor: LeafActor;
  readonly data: Readonly<Record<string, unknown>>;
  /** Writes its rows beside entry `n`. */
  readonly rows: (unit: UnitOfWork, n: number) => void;
}

/** Entries that are written and perhaps not durable yet: nobody was told of them. */
interface Unsynced {
  readonly unit: UnitOfWork;
  readonly draft: LogDraft;
  readonly settled: Settled;
}

/** Entries that change no state are under a signed checkpoint within this time; all others at once. */
const CHECKPOINT_MS = 1_000;

/** How a receipt puts what became of a link. */
const LINK_RESULTS = {
  roster: "applied",
  "roster.scheduled": "scheduled",
  "roster.signed": "scheduled",
  "roster.cancelled": "cancelled",
  "roster.refused": "refused",
} as const satisfies Record<LinkConclusion["kind"], Outcome["outcome"]>;

/** Commands that bring key material. */
const MAKING: ReadonlySet<string> = new Set(["key.create", "key.rotate"]);

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
  readonly #group = new GroupCommit((writes, settled) => this.#carryOutTogether(writes, settled));
  readonly #unsynced: Unsynced[] = [];
  #stepNoted = false;
  #checkpointedAt = Number.NEGATIVE_INFINITY;
  #checkpointLater: NodeJS.Timeout | null = null;
  #hold: NewKeyHold | null = null;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
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
    const { keystore } = this.#parts;
    faultPoint("admission:before-transaction");
    if (MAKING.has(admitted.command.act)) this.#holding?.assertHolding();
    const outcome = this.#write((unit, draft) => {
      admitted.recheck();
      const effects = performAct(this.#input(admitted));
      if (admitted.command.act === "clock.accept") this.#acceptClock(unit, draft);
      const reason = this.#reasonOf(admitted, admitted.command.act);
      const written = effects.map((effect) => unit.perform(effect, reason));
      if (admitted.command.act === "restore.accept") unit.append(this.#lossEntry(admitted));
      const scheduled = effects[0]?.on === "key" ? (effects[0].before?.scheduled ?? null) : null;
      if (scheduled === admitted.hash) unit.removeRow("scheduled", admitted.hash);
      faultPoint("executor:after-rows");
      return this.#conclude(unit, draft, admitted, { result: "applied", written });
    });
    if (admitted.command.act === "restore.accept")
      this.#parts.logger.warn("restore.accepted", { size: keystore.domain().leaf });
    const { issued, prepared } = admitted;
    const files = issued?.files ?? (prepared?.act === "export.wrap" ? prepared.files : undefined);
    return files === undefined ? outcome : { ...outcome, secrets: files };
  }

  /** Records a command whose delay begins now; the target takes tightening acts only until it ends. */
  schedule(admitted: AdmittedCommand, delay: { dueSeconds: number; dueAt: number }): Outcome {
    return this.#write((unit, draft) => {
      admitted.recheck();
      const [effect] = performAct(this.#input(admitted));
      if (effect?.on !== "key" || !effect.before || admitted.command.target?.kind !== "key")
        throw new AdmissionError(
          "E_UNSUPPORTED",
          "The rules delay this act, and this version delays acts on a key only.",
        );
      const { before } = effect;
      const after = { ...before, scheduled: admitted.hash, dates: { ...before.dates, destroyDue: delay.dueAt } };
      const written = [
        unit.perform({ on: "key", before, after, movesHead: false }, this.#reasonOf(admitted, "command.scheduled")),
      ];
      const row: ScheduledRow = {
        keyId: before.id,
        envelope: encodeBase64url(admitted.envelope),
        dueSeconds: delay.dueSeconds,
      };
      unit.putRow("scheduled", admitted.hash, row, written[0]?.n ?? 0);
      faultPoint("executor:after-rows");
      return this.#conclude(unit, draft, admitted, { result: "scheduled", written });
    });
  }

  /** Ends a pending or scheduled command without applying it. */
  end(ending: Ending): Outcome {
    const { keystore, store } = this.#parts;
    const { hash, result, code, actor, scheduledKey } = ending;
    return this.#write((unit, draft) => {
      const reason: Reason = { kind: `command.${result}`, actor, cause: { kind: "command", hash }, code };
      const key = scheduledKey === null ? null : keystore.findKey(scheduledKey);
      const written =
        key?.scheduled === hash ? unit.perform(withoutSchedule(key), reason) : entryOnly(unit, hash, reason);
      unit.removeRow("scheduled", hash);
      faultPoint("executor:after-rows");
      const concluded = this.#conclude(unit, draft, ending, { result, code, written: [written] });
      store.removePending(hash);
      return concluded;
    });
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
    return this.#write((unit, draft) => {
      recheck();
      const [outcome] = links.map((link) => {
        const { hash, kind, actor, code, data, rows } = link;
        const entry = { kind, subject: hash, actor, cause: { kind: "host" }, data } as const;
        const written = unit.append({ ...entry, ...(code === undefined ? {} : { code }) });
        rows(unit, written.n);
        faultPoint("executor:after-rows");
        const made = { result: LINK_RESULTS[kind], written: [{ ...written, pre: null, post: null }] };
        return this.#conclude(unit, draft, link, code === undefined ? made : { ...made, code });
      });
      return outcome as Outcome;
    });
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
    this.#write((unit, draft) => {
      unit.perform({ on: "domain", before, after: { ...before, locked: true } }, reason);
      draft.write();
    });
  }

  /**
   * Gives a client a renewed certificate; its entry is durable before this returns.
   *
   * Caller must: have checked the client and the effect (operations/ does).
   * @throws {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`
   */
  renewClient(effect: ClientEffect): void {
    const { locked, recovering } = this.#parts.keystore.domain();
    if (recovering) throw new AdmissionError("E_RECOVERING");
    if (locked) throw new AdmissionError("E_LOCKED");
    const actor: LeafActor = { kind: "client", id: effect.after.id };
    this.#write((unit, draft) => {
      unit.perform(effect, { kind: "client.renew", actor, cause: { kind: "request" } });
      faultPoint("executor:after-rows");
      draft.write();
    });
  }

  /** Gives a refused command an entry of its own. Caller must: have verified an approval, and ask once per command and code. */
  recordRefusal(hash: string, code: string, actor: LeafActor): void {
    this.#write((unit, draft) => {
      unit.append({ kind: "command.refused", subject: hash, actor, cause: { kind: "command", hash }, code, data: {} });
      draft.write();
    });
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
    this.#carryOut(prepared.writes);
    return prepared.result();
  }

  /** Carries out what still waits. Caller must: do so while the keys that sign the log are there. */
  flush(): void {
    this.#group.flush();
    this.#settle();
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
        this.#carryOut(writes);
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
    if (writes.length > 0) this.#carryOut(writes);
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

  /** A fresh id for an object of a client. */
  newKeyId(client: ClientRecord): string {
    return deriveClientKeyId(this.#parts.tid, client.id, randomBytes(16));
  }

  /** What is recorded of material. */
  describeMaterial(handle: KeyHandle): MadeKey {
    const commit = encodeBase64url(this.#parts.root.keyCommitment(handle));
    return { handle, bits: handle.bits, kcv: handle.checkValue(), commit };
  }

  /**
   * Records use: one entry per key, client and minute, all in one transaction.
   *
   * @returns False while the agent is recovering and writes nothing: keep the rows and offer them again.
   */
  recordUse(rows: readonly UseRow[]): boolean {
    return this.#append(
      rows.map(({ keyId, clientId, minute, ops, bytes, root }) => ({
        kind: "use",
        subject: keyId,
        actor: { kind: "client", id: clientId },
        cause: { kind: "request" },
        data: { minute, ops, bytes, root },
      })),
    );
  }

  /** Records something about this agent: its start, unsealing, a link, a backup, a report. False while recovering. */
  recordHostEvent(kind: HostEvent, data: Readonly<Record<string, unknown>> = {}): boolean {
    return this.#append([this.hostEntry(kind, data)]);
  }

  /** An entry about this agent, to be appended. */
  hostEntry(kind: HostEvent, data: Readonly<Record<string, unknown>>): NewLeaf {
    const { aid } = this.#parts;
    return { kind, subject: aid, actor: { kind: "agent" }, cause: { kind: "host" }, data };
  }

  /**
   * Writes what `work` says, with its entries, in one transaction. For custody's own rows only: nothing here says who may
   * use what.
   */
  changeByHost(work: (unit: UnitOfWork) => void): void {
    this.#write((unit, draft) => {
      work(unit);
      draft.write();
    });
  }

  #append(entries: readonly NewLeaf[]): boolean {
    if (this.#parts.keystore.domain().recovering) return false;
    if (entries.length === 0) return true;
    this.#write((unit, draft) => {
      for (const entry of entries) unit.append(entry);
      draft.write();
    });
    return true;
  }

  /** The effect values of a command, without carrying them out; for dry runs. @throws {@link AdmissionError} */
  preview(admitted: Pick<AdmittedCommand, "command" | "hash" | "issued" | "prepared" | "introduced">): Effect[] {
    return performAct({ ...this.#input(admitted), makeKey: previewKey, makePair: previewPair });
  }

  #carryOut(writes: readonly ChangeWrite[]): void {
    if (writes.length === 0) return;
    const changes = writes.some(({ effect }) => effect !== undefined);
    this.#write((unit, draft) => writeAll(writes, unit, draft), changes);
  }

  /**
   * Carries out the changes of a moment. Where only the log grows, the disk is waited for in another thread, and meanwhile
   * the next ones are gathered: what they wrote is told to nobody, in no checkpoint and no answer, before it is durable.
   */
  #carryOutTogether(writes: readonly ChangeWrite[], settled: Settled): void {
    if (writes.length === 0 || writes.some(({ effect }) => effect !== undefined)) {
      this.#carryOut(writes);
      settled();
      return;
    }
    const { store, log } = this.#parts;
    const { unit, draft } = this.#transact(
      (...parts) => writeAll(writes, ...parts),
      (body) => store.transactUnsynced(body),
    );
    log.goOnFrom(draft);
    const unsynced = { unit, draft, settled };
    this.#unsynced.push(unsynced);
    store.syncLater().then(
      () => this.#adoptUpTo(unsynced),
      (cause: unknown) => this.#adoptUpTo(unsynced, cause),
    );
  }

  /** @param changes - Whether anything but the log grows: what is durable is then under a checkpoint at once. */
  #write<T>(work: (unit: UnitOfWork, draft: LogDraft) => T, changes = true): T {
    try {
      return this.#writeNow(work, changes);
    } finally {
      this.#parts.hsmKeys?.concluded();
    }
  }

  #writeNow<T>(work: (unit: UnitOfWork, draft: LogDraft) => T, changes: boolean): T {
    const { store, log } = this.#parts;
    this.#settle();
    const { unit, draft, value } = this.#transact(work, (body) => store.transact(body));
    log.goOnFrom(draft);
    this.#adopt(unit, draft, changes);
    return value;
  }

  #transact<T>(
    work: (unit: UnitOfWork, draft: LogDraft) => T,
    transact: (body: () => T) => T,
  ): { readonly unit: UnitOfWork; readonly draft: LogDraft; readonly value: T } {
    const { log, guard, problem } = this.#parts;
    if (problem !== null) throw new AdmissionError(problem);
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

  /** Ends the wait for the disk: whoever waited is answered before anything else changes. */
  #settle(): void {
    const last = this.#unsynced.at(-1);
    if (last === undefined) return;
    let failure: unknown;
    try {
      this.#parts.store.sync();
    } catch (cause) {
      failure = cause;
    }
    this.#adoptUpTo(last, failure);
  }

  /**
   * @param cause - Why the disk did not take it. The entries stand in the store all the same, so the log goes on from them;
   *   whom they are about is answered with a refusal.
   */
  #adoptUpTo(last: Unsynced, cause?: unknown): void {
    if (!this.#unsynced.includes(last)) return; // settled meanwhile
    for (;;) {
      const next = this.#unsynced.shift() as Unsynced;
      this.#adopt(next.unit, next.draft, false);
      next.settled(cause);
      if (next === last) return;
    }
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

  /** The first entry after a clock step says so; later ones are dated by the running time. */
  #noteClockStep(unit: UnitOfWork): void {
    const { guard, aid } = this.#parts;
    if (this.#stepNoted || guard.alarm() === null) return;
    const data = { wall: guard.wall(), estimate: guard.time() };
    unit.append({ kind: "clock", subject: aid, actor: { kind: "agent" }, cause: { kind: "host" }, data });
    this.#parts.logger.warn("clock.step", data);
  }

  /** From its own entry on the log is dated by the clock that was taken as right; taken back where nothing is written. */
  #acceptClock(unit: UnitOfWork, draft: LogDraft): void {
    unit.onFailure(this.#parts.guard.accept());
    draft.redate();
  }

  #conclude(
    unit: UnitOfWork,
    draft: LogDraft,
    of: Pick<AdmittedCommand, "hash" | "envelopeHash"> & { readonly envelope: Uint8Array | null },
    made: Pick<ReceiptFacts, "result" | "code"> & {
      readonly written: readonly Written[];
    },
  ): Outcome {
    const { tid, aid, aik, guard, roster } = this.#parts;
    const { result, code, written } = made;
    const facts: ReceiptFacts = {
      tid,
      aid,
      result,
      code,
      written,
      cmd: of.hash,
      envelope: of.envelopeHash,
      head: draft.head,
      roster: roster(),
      ts: guard.time(),
    };
    const receipt = signReceipt(aik, facts);
    const leaf = written[0]?.n ?? 0;
    draft.write({ n: leaf, receipt: JSON.stringify(receipt), envelope: of.envelope });
    faultPoint("executor:after-leaves");
    const stored: StoredReceipt = { outcome: result, code, receipt, leaf, final: result !== "scheduled" };
    unit.putRow("receipt", of.hash, stored, leaf);
    this.#parts.store.removePending(of.hash);
    faultPoint("executor:after-receipt");
    return { outcome: result, ...(code === undefined ? {} : { code }), receipt, leaf };
  }

  #input({
    command,
    hash,
    issued,
    prepared,
    introduced,
  }: Pick<AdmittedCommand, "command" | "hash" | "issued" | "prepared" | "introduced">): ActInput {
    const { keystore, guard, log, aid } = this.#parts;
    return {
      command,
      hash,
      issued,
      prepared,
      introduced,
      keystore,
      now: guard.time(),
      makeKey: this.makeKey,
      makePair: this.makePair,
      log: { size: log.size, root: log.root() },
      clock: { aid, alarmed: guard.alarm() !== null, believed: guard.time(), wall: guard.wall() },
    };
  }

  #reasonOf({ hash, by, local }: AdmittedCommand, kind: string): Reason {
    return {
      kind,
      actor: local ? { kind: "local" } : { kind: "admins", ids: [...by] },
      cause: { kind: "command", hash },
    };
  }

  #lossEntry(admitted: AdmittedCommand): NewLeaf {
    const { tid, log } = this.#parts;
    return { ...this.#reasonOf(admitted, "loss"), subject: tid, data: { size: log.size, root: log.root() } };
  }

  /** Makes a key, and what is recorded of it. */
  readonly makeKey: MakeKey = (keyId, version, { algorithm, bits, usage, extractable, store }, permit) => {
    const attributes = { id: { keyId, version }, usages: usage, extractable };
    if (store === "hsm")
      return this.describeMaterial(
        this.#keysInToken().makeSecret(algorithm, bits === null ? attributes : { ...attributes, bits }),
      );
    return this.describeMaterial(generateKey(algorithm, bits === null ? attributes : { ...attributes, bits }, permit));
  };

  /** Makes a private and a public key that belong together. */
  readonly makePair: MakePair = (algorithm, parts) =>
    this.#describePair(
      parts.privateKey.store === "hsm"
        ? this.#keysInToken().takePair(parts.privateKey.id)
        : generateKeyPair(algorithm, pairAttributes(parts)),
    );

  #keysInToken(): HsmKeys {
    if (this.#parts.hsmKeys === null) throw new HsmError("E_HSM_GONE");
    return this.#parts.hsmKeys;
  }

  /** The same with the long computation elsewhere: nothing has to wait for it. */
  async makePairLater(...[algorithm, parts]: Parameters<MakePair>): Promise<ReturnType<MakePair>> {
    return this.#describePair(await generateKeyPairLater(algorithm, pairAttributes(parts)));
  }

  #describePair({ privateKey, publicKey }: KeyPair): ReturnType<MakePair> {
    return { privateKey: this.describeMaterial(privateKey), publicKey: this.describeMaterial(publicKey) };
  }
}

function writeAll(writes: readonly ChangeWrite[], unit: UnitOfWork, draft: LogDraft): void {
  for (const write of writes) {
    if (write.effect === undefined) unit.append(write.entry);
    else unit.perform(write.effect, write.reason);
  }
  faultPoint("executor:after-rows");
  draft.write();
  faultPoint("executor:after-leaves");
}

function isMaking(writes: readonly ChangeWrite[]): boolean {
  return writes.some(({ effect }) => effect?.on === "key" && effect.created !== undefined);
}

/** What both halves are made with; a public key may always leave. */
function pairAttributes({ privateKey, publicKey }: Parameters<MakePair>[1]) {
  const attributes = (part: typeof privateKey) => ({
    id: { keyId: part.id, version: 1 },
    usages: part.usage,
    extractable: part.extractable,
  });
  return { privateKey: attributes(privateKey), publicKey: attributes({ ...publicKey, extractable: true }) };
}

/** For previews: a key that would be made, with nothing made. */
const previewKey: MakeKey = () => ({
  handle: undefined as never,
  bits: null,
  kcv: null,
  commit: encodeBase64url(new Uint8Array(32)),
});

const previewPair: MakePair = () => ({
  privateKey: previewKey("", 1, NOTHING),
  publicKey: previewKey("", 1, NOTHING),
});

const NOTHING = { algorithm: "", bits: null, usage: [], extractable: false } as const;

function withoutSchedule(before: KeyRecord): KeyEffect {
  const { destroyDue: _, ...dates } = before.dates;
  return { on: "key", before, after: { ...before, scheduled: null, dates }, movesHead: false };
}

function entryOnly(unit: UnitOfWork, hash: string, reason: Reason): Written {
  return { ...unit.append({ ...reason, subject: hash, data: {} }), pre: null, post: null };
}
