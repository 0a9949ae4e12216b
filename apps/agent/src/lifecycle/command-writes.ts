import { encodeBase64url, type LeafActor } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { LogDraft } from "../custody-log/custody-log.ts";
import type { NewLeaf } from "../custody-log/leaf.ts";
import type { KeyRecord } from "../keystore/records.ts";
import type { ActInput } from "./act.ts";
import type { AdmittedCommand } from "./admitted-command.ts";
import type { Effect, KeyEffect } from "./effect.ts";
import type { ExecutorParts } from "./executor-parts.ts";
import { faultPoint } from "./fault-point.ts";
import { type KeyMaker, previewMaker } from "./key-maker.ts";
import type { Outcome, StoredReceipt } from "./outcome.ts";
import { performAct } from "./perform-act.ts";
import { type ReceiptFacts, signReceipt } from "./receipt.ts";
import type { Transactions } from "./transactions.ts";
import type { Reason, UnitOfWork, Written } from "./unit-of-work.ts";

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

/** How a receipt puts what became of a link. */
const LINK_RESULTS = {
  roster: "applied",
  "roster.scheduled": "scheduled",
  "roster.signed": "scheduled",
  "roster.cancelled": "cancelled",
  "roster.refused": "refused",
} as const satisfies Record<LinkConclusion["kind"], Outcome["outcome"]>;

/** What a command is looked at with to say what it would change. */
export type Previewed = Pick<AdmittedCommand, "command" | "hash" | "issued" | "prepared" | "introduced">;

/** What becomes of commands and of links of the roster: each ends with its entries and a signed receipt, in one transaction. */
export class CommandWrites {
  readonly #parts: ExecutorParts;
  readonly #transactions: Transactions;
  readonly #maker: KeyMaker;

  constructor(parts: ExecutorParts, transactions: Transactions, maker: KeyMaker) {
    this.#parts = parts;
    this.#transactions = transactions;
    this.#maker = maker;
  }

  /** Applies a command. @throws {@link AdmissionError} from the re-check or the act; {@link StoreError} `E_STORE` */
  apply(admitted: AdmittedCommand): Outcome {
    const { act } = admitted.command;
    const work = (unit: UnitOfWork, draft: LogDraft): Outcome => {
      admitted.recheck();
      const effects = performAct(this.#input(admitted, this.#maker));
      if (act === "clock.accept") this.#acceptClock(unit, draft);
      const reason = reasonOf(admitted, act);
      const written = effects.map((effect) => unit.perform(effect, reason));
      if (act === "restore.accept" || act === "log.acceptLoss") unit.append(this.#lossEntry(admitted));
      const scheduled = effects[0]?.on === "key" ? (effects[0].before?.scheduled ?? null) : null;
      if (scheduled === admitted.hash) unit.removeRow("scheduled", admitted.hash);
      faultPoint("executor:after-rows");
      return this.#conclude(unit, draft, admitted, { result: "applied", written });
    };
    return act === "log.acceptLoss" ? this.#transactions.writeAcceptingLoss(work) : this.#transactions.write(work);
  }

  /** Begins a command's delay. */
  schedule(admitted: AdmittedCommand, delay: { readonly dueSeconds: number; readonly dueAt: number }): Outcome {
    return this.#transactions.write((unit, draft) => {
      admitted.recheck();
      const [effect] = performAct(this.#input(admitted, this.#maker));
      if (effect?.on !== "key" || !effect.before || admitted.command.target?.kind !== "key")
        throw new AdmissionError(
          "E_UNSUPPORTED",
          "The rules delay this act, and this version delays acts on a key only.",
        );
      const { before } = effect;
      const after = { ...before, scheduled: admitted.hash, dates: { ...before.dates, destroyDue: delay.dueAt } };
      const written = [
        unit.perform({ on: "key", before, after, movesHead: false }, reasonOf(admitted, "command.scheduled")),
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

  /** Ends a command that waits. */
  end(ending: Ending): Outcome {
    const { keystore, store } = this.#parts;
    const { hash, result, code, actor, scheduledKey } = ending;
    return this.#transactions.write((unit, draft) => {
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

  /** What became of links, the one in question first. */
  concludeLinks(recheck: () => void, links: readonly [LinkConclusion, ...LinkConclusion[]]): Outcome {
    return this.#transactions.write((unit, draft) => {
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

  /** The effect values of a command, without carrying them out. */
  preview(command: Previewed): Effect[] {
    return performAct(this.#input(command, previewMaker));
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

  #input(
    { command, hash, issued, prepared, introduced }: Previewed,
    { makeKey, makePair }: Pick<ActInput, "makeKey" | "makePair">,
  ): ActInput {
    const { keystore, guard, log, aid, lost, isInDataFolder } = this.#parts;
    return {
      command,
      lost,
      hash,
      issued,
      prepared,
      introduced,
      isInDataFolder,
      keystore,
      now: guard.time(),
      makeKey,
      makePair,
      log: { size: log.size, root: log.root() },
      clock: { aid, alarmed: guard.alarm() !== null, believed: guard.time(), wall: guard.wall() },
    };
  }

  #lossEntry(admitted: AdmittedCommand): NewLeaf {
    const { tid, log } = this.#parts;
    const { command } = admitted;
    const named = command.act === "log.acceptLoss" ? { lost: command.args.lost } : {};
    return { ...reasonOf(admitted, "loss"), subject: tid, data: { size: log.size, root: log.root(), ...named } };
  }
}

function reasonOf({ hash, by, local }: AdmittedCommand, kind: string): Reason {
  return {
    kind,
    actor: local ? { kind: "local" } : { kind: "admins", ids: [...by] },
    cause: { kind: "command", hash },
  };
}

function withoutSchedule(before: KeyRecord): KeyEffect {
  const { destroyDue: _, ...dates } = before.dates;
  return { on: "key", before, after: { ...before, scheduled: null, dates }, movesHead: false };
}

function entryOnly(unit: UnitOfWork, hash: string, reason: Reason): Written {
  return { ...unit.append({ ...reason, subject: hash, data: {} }), pre: null, post: null };
}
