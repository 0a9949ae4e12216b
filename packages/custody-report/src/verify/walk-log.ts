import {
  DECISION,
  isTightening,
  type Leaf,
  type OpenedEntry,
  type Receipt,
  type RosterChain,
  useDataOf,
  type Verified,
  type VerifiedRoster,
} from "@holdfast/protocol";
import { ReportError, refuseAsSync } from "../errors.ts";
import type { Evidence } from "../model/bundle.ts";
import type { ChangeFacts, EventFacts } from "../model/facts.ts";
import { commandFitProblem } from "./command-fits.ts";
import { lossProblem } from "./loss.ts";
import type { Replay } from "./replay.ts";
import { takeAgentStep, takeClientStep, takePermitted, takeRenewal, takeScheduledRun } from "./unapproved-steps.ts";
import type { Decided } from "./verify-approvals.ts";
import { type ProvenCommand, verifyCommandOf } from "./verify-command-of.ts";
import { type LinkHistory, verifyLinkEntry } from "./verify-link-entry.ts";
import type { ReadLog } from "./verify-log.ts";
import { verifyReceiptOf } from "./verify-receipt-of.ts";
import { isLearnt, PASS_LOCK, type Use, unexpected, WalkRecord } from "./walk-record.ts";

/** What a walk through the log has established. */
export type Walked = {
  readonly replay: Replay;
  readonly uses: readonly Use[];
  readonly releases: readonly { readonly key: string; readonly at: number }[];
  readonly changes: readonly ChangeFacts[];
  readonly events: readonly EventFacts[];
  readonly refusals: readonly number[];
  /** The newest backup, as the agent says: when it was made, and how many entries it holds. */
  readonly backup: { readonly at: number; readonly size: number } | null;
  readonly receipts: number;
  readonly approvals: number;
};

/** A command whose entries are being read. */
type Group = {
  readonly first: number;
  readonly end: number;
  readonly proven: ProvenCommand | null;
  readonly hash: string;
};

/** Kinds that only say something: they change no state and carry no receipt. */
const EVENTS: ReadonlySet<string> = new Set([
  "agent.start",
  "agent.unseal",
  "agent.seal",
  "agent.link",
  "agent.rekey",
  "root.send",
  "kek.create",
  "kek.retire",
  "clock",
  "backup",
  "drill",
  "backup.failed",
  "restore",
  "report",
  "attest",
]);

/** Kinds about changes of administrators and rules: they carry receipts, and no command is their cause. */
const LINK_KINDS: ReadonlySet<string> = new Set([
  "roster",
  "roster.scheduled",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
]);

/** What clients may do themselves. */
const CLIENT_STEPS: ReadonlySet<string> = new Set([
  "key.create",
  "key.register",
  "key.activate",
  "key.deactivate",
  "key.compromise",
  "key.destroy",
  "key.attributes",
]);

/** What agents do by themselves: steps of planned dates, and keeping account of a limit. */
const DATE_STEPS: ReadonlySet<string> = new Set(["key.activate", "key.deactivate", "key.attributes"]);

/**
 * Walks the log from its first entry to its last and verifies each under the administrators of its time.
 *
 * @throws {@link ReportError} `V_RECEIPT`, `V_APPROVAL`, `V_STATE`, `V_NAME`, `V_ROSTER`
 */
export async function walkLog(evidence: Evidence, log: ReadLog, chain: Verified<RosterChain>): Promise<Walked> {
  const walk = new Walk(evidence.tid, log, chain);
  for (const entry of log.entries) await walk.take(entry);
  return walk.finish();
}

class Walk {
  readonly #log: ReadLog;
  readonly #chain: Verified<RosterChain>;
  readonly #record: WalkRecord;
  readonly #scheduled = new Map<string, number>();
  readonly #refusals: number[] = [];
  #backup: Walked["backup"] = null;
  readonly #ended = new Set<string>();
  readonly #links: LinkHistory = { scheduled: new Map(), signed: new Map(), ended: new Set(), vetoed: new Set() };
  /** Imports that were begun and not used yet, and how many keys each is for. */
  readonly #imports = new Map<string, number>();
  #group: Group | null = null;
  #seq = 0;
  #lastAt = 0;
  #clockAlarm = false;
  /** People gave up what was lost: the next entry says what. */
  #owesLoss = false;
  /** A restored agent learnt of links: nothing is done with keys until people have accepted the restore. */
  #restored = false;
  #receipts = 0;
  #approvals = 0;

  constructor(tid: string, log: ReadLog, chain: Verified<RosterChain>) {
    this.#log = log;
    this.#chain = chain;
    this.#record = new WalkRecord(tid);
  }

  finish(): Walked {
    const { replay, uses, releases, changes, events } = this.#record;
    return {
      ...{ replay, uses, releases, changes, events },
      refusals: this.#refusals,
      backup: this.#backup,
      receipts: this.#receipts,
      approvals: this.#approvals,
    };
  }

  async take(entry: OpenedEntry): Promise<void> {
    const { leaf } = entry;
    if (!this.#roster.roster.agents.some(({ aid }) => aid === leaf.aid)) {
      throw new ReportError("V_ROSTER", `Entry ${leaf.n} is by an agent that the roster of its time does not have.`, {
        entry: leaf.n,
      });
    }
    // People may take a clock as right that is behind the log: only their command turns the dates back.
    if (leaf.ts < this.#lastAt && leaf.kind !== "clock.accept")
      throw unexpected(leaf, "is dated before the entry before it");
    this.#lastAt = leaf.ts;
    if (this.#owesLoss && leaf.kind !== "loss") throw unexpected(leaf, "stands where the log had to say what is lost");
    if (this.#restored) this.#checkRecovering(leaf);
    if (leaf.cause.kind === "command") return this.#takeCommand(entry);
    if (leaf.kind === "genesis" || LINK_KINDS.has(leaf.kind)) return this.#takeTrust(entry);
    if (entry.receipt !== null || entry.envelope !== null)
      throw unexpected(leaf, "carries a receipt without a command");
    if (leaf.kind === "use") return this.#takeUse(leaf);
    if (leaf.kind === "release")
      return void this.#record.releases.push({ key: this.#record.knownKey(leaf), at: leaf.ts });
    if (CLIENT_STEPS.has(leaf.kind) && leaf.cause.kind === "request") return takeClientStep(this.#record, entry);
    if (DATE_STEPS.has(leaf.kind) && leaf.cause.kind === "host") return takeAgentStep(this.#record, entry);
    if (leaf.cause.kind === "schedule") return takeScheduledRun(this.#record, entry);
    if (leaf.kind === "client.renew") return takeRenewal(this.#record, entry);
    if (leaf.kind === "client.enrol") return takePermitted(this.#record, entry);
    if (EVENTS.has(leaf.kind)) return this.#takeEvent(entry);
    if (leaf.kind === "domain.lock" && leaf.cause.kind === "host") return this.#takeHostLock(entry);
    throw unexpected(leaf, "happened without a command");
  }

  get #roster(): VerifiedRoster {
    return this.#chain.rosters[this.#seq] as VerifiedRoster;
  }

  /** The genesis, and what became of changes of administrators and rules. */
  async #takeTrust(entry: OpenedEntry): Promise<void> {
    const { leaf } = entry;
    if (leaf.kind === "genesis") {
      if (leaf.n !== 0) throw unexpected(leaf, "is a second genesis");
      if (entry.receipt !== null || entry.envelope !== null)
        throw unexpected(leaf, "carries a receipt without a command");
    } else {
      await verifyLinkEntry(entry, {
        ...{ log: this.#log, chain: this.#chain, roster: this.#roster, history: this.#links },
        ...{ hasKeys: this.#record.replay.keys.size > 0, clockAlarm: this.#clockAlarm },
      });
      if (entry.receipt !== null) this.#receipts += 1;
    }
    if (leaf.kind === "roster") this.#seq += 1;
    if (isLearnt(leaf)) this.#restored = true;
    if (entry.state !== null) this.#record.replay.step(entry);
    else if (leaf.post !== undefined) throw unexpected(leaf, "lacks its state");
    this.#record.note(leaf);
  }

  /** Whoever controls a host may lock changes at it without asking anybody; unlocking takes a quorum. */
  #takeHostLock(entry: OpenedEntry): void {
    if (entry.leaf.actor.kind !== "agent") throw unexpected(entry.leaf, "is by somebody without approvals");
    this.#record.replay.step(entry);
    this.#record.note(entry.leaf);
  }

  #takeEvent({ leaf }: OpenedEntry): void {
    if (leaf.pre !== undefined || leaf.post !== undefined) throw unexpected(leaf, "changes a state");
    if (leaf.kind === "clock") this.#clockAlarm = true;
    if (leaf.kind === "backup") this.#takeBackup(leaf);
    this.#record.note(leaf);
  }

  #takeBackup(leaf: Leaf): void {
    const size = leaf.data?.["size"];
    if (typeof size !== "number") return; // of one that says nothing of its content nothing follows
    if (size > leaf.n) throw unexpected(leaf, "says that it holds entries which were not yet written");
    this.#backup = { at: leaf.ts, size: Math.max(size, this.#backup?.size ?? 0) };
  }

  #takeUse(leaf: Leaf): void {
    const { actor } = leaf;
    const key = this.#record.knownKey(leaf);
    if (actor.kind !== "client" || !this.#record.replay.clients.has(actor.id))
      throw unexpected(leaf, "is by no known client");
    const { minute, ops, bytes } = refuseAsSync(
      { code: "V_STATE", what: `Entry ${leaf.n}`, detail: { entry: leaf.n } },
      () => useDataOf(leaf),
    );
    const count = Object.values(ops).reduce((sum, each) => sum + each, 0);
    // The end of its minute, unless it was written down before: use belongs to the period in which the minute ends.
    const at = Math.min(minute * 60 + 59, leaf.ts);
    this.#record.uses.push({ key, client: actor.id, at, count, bytes });
  }

  async #takeCommand(entry: OpenedEntry): Promise<void> {
    const { leaf } = entry;
    const hash = (leaf.cause as { hash: string }).hash;
    if (this.#group && leaf.n < this.#group.end) return this.#takeItem(entry, this.#group);
    if (leaf.kind === "loss" && this.#group?.hash === hash && leaf.n === this.#group.end)
      return this.#takeLoss(leaf, this.#group);
    if (entry.receipt === null) return this.#takeRefusal(entry);
    if (this.#ended.has(hash)) throw unexpected(leaf, "is of a command that had ended");
    const place = { log: this.#log, chain: this.#chain, roster: this.#roster, entry };
    const receipt = await verifyReceiptOf(entry.receipt, place);
    this.#receipts += 1;
    const proven = await this.#prove(entry, receipt);
    checkResult(leaf, receipt);
    this.#approvals += proven?.by.length ?? 0;
    if (receipt.result === "scheduled") this.#scheduled.set(hash, leaf.ts);
    else this.#ended.add(hash);
    this.#group = { first: leaf.n, end: leaf.n + receipt.count, proven, hash };
    this.#takeItem(entry, this.#group);
    const described = this.#record.describe(entry);
    const decided = proven?.by ?? [];
    this.#record.changes.push({
      ...described,
      label: described.label ?? proven?.command.target?.label ?? null,
      act: proven?.command.act ?? null,
      count: receipt.count,
      by: labelsOf(decided.filter(({ decision }) => decision !== DECISION.reject)),
      rejectedBy: labelsOf(decided.filter(({ decision }) => decision === DECISION.reject)),
      how: proven === null ? "none" : proven.by.every(({ channel }) => channel === "local") ? "local" : "passkey",
      reason: proven?.command.reason ?? "",
    });
  }

  async #prove(entry: OpenedEntry, receipt: Receipt): Promise<ProvenCommand | null> {
    const { leaf, envelope } = entry;
    if (envelope === null) {
      if (receipt.result === "applied" || receipt.result === "scheduled") {
        throw new ReportError("V_APPROVAL", `Entry ${leaf.n}: its approvals are missing.`, { entry: leaf.n });
      }
      return null;
    }
    const proven = await verifyCommandOf(envelope, {
      entry,
      receipt,
      chain: this.#chain,
      roster: this.#roster,
      scheduledAt: this.#scheduled.get(receipt.cmd) ?? null,
      extractable: (command) => this.#record.replay.isExtractable(command),
      clockAlarm: this.#clockAlarm,
    });
    this.#checkTarget(leaf, proven);
    return proven;
  }

  /** A person approved what the log called it then. */
  #checkTarget({ n, kind }: Leaf, { command }: ProvenCommand): void {
    const { target } = command;
    if (target === undefined || kind.startsWith("command.")) return;
    if (!this.#record.replay.isAsExpected(command)) {
      throw new ReportError("V_APPROVAL", `Entry ${n}: the key had changed since the command was proposed.`, {
        entry: n,
      });
    }
    const known = this.#record.replay.labelOf(target.kind === "key" ? target.keyId : target.client);
    if (known !== null && known !== target.label) {
      throw new ReportError("V_NAME", `Entry ${n}: the approved command called its target by another name.`, {
        entry: n,
      });
    }
  }

  #takeItem(entry: OpenedEntry, group: Group): void {
    const { leaf } = entry;
    if (leaf.n > group.first && (entry.receipt !== null || entry.envelope !== null)) {
      throw unexpected(leaf, "carries a second receipt of one command");
    }
    if (leaf.kind.startsWith("command.") && leaf.post === undefined) return;
    this.#record.checkLock(leaf, leaf.kind);
    if (leaf.kind === "import.begin") {
      this.#takeImport(entry, group);
      return;
    }
    if (leaf.kind === "clock.accept") {
      this.#takeClock(entry, group);
      return;
    }
    const before = this.#record.replay.keys.get(leaf.subject)?.state ?? this.#record.replay.domain;
    const after = this.#record.replay.step(entry);
    if (group.proven === null || leaf.kind.startsWith("command.")) return;
    if (leaf.n === group.first) this.#checkTransfer(leaf, group.proven.command);
    if (leaf.kind === "export.wrap") this.#record.releases.push({ key: leaf.subject, at: leaf.ts });
    const { hash, command, intros } = group.proven;
    const item = leaf.n - group.first;
    const problem = commandFitProblem({
      ...{ hash, command, intros, item, before, after, at: leaf.ts },
      ...{ subject: leaf.subject, label: entry.names.label, alias: entry.names.alias },
    });
    if (problem !== null) throw unexpected(leaf, `: ${problem}`);
    this.#owesLoss = command.act === "log.acceptLoss";
  }

  /** Administrators took the clock of the key server that wrote the entry as right: it changes no state. */
  #takeClock({ leaf, state }: OpenedEntry, { proven }: Group): void {
    const command = proven?.command;
    const ofOther = command?.act !== "clock.accept" || command.args.aid !== leaf.aid || leaf.subject !== leaf.aid;
    if (ofOther || state !== null || leaf.post !== undefined || leaf.data?.["to"] !== leaf.ts)
      throw unexpected(leaf, ": it is about something else than was approved");
    this.#clockAlarm = false;
  }

  /** What is given up: of a loss that people accepted, the very heads that they named. */
  #takeLoss(leaf: Leaf, { proven }: Group): void {
    const problem = lossProblem(leaf, proven?.command ?? null);
    if (problem !== null) throw unexpected(leaf, problem);
    this.#owesLoss = false;
    this.#record.note(leaf);
  }

  /** An import that was begun changes nothing yet. */
  #takeImport({ leaf, state }: OpenedEntry, { proven }: Group): void {
    const { hash, command } = proven ?? {};
    if (command?.act !== "import.begin" || leaf.subject !== hash || state !== null || leaf.post !== undefined)
      throw unexpected(leaf, ": it is about something else than was approved");
    this.#imports.set(hash, command.args.most);
  }

  /** Keys come in by an import that was begun before, once, and no more than it is for. */
  #checkTransfer(leaf: Leaf, command: ProvenCommand["command"]): void {
    if (command.act !== "import.commit") return;
    const most = this.#imports.get(command.args.import) ?? 0;
    if (command.args.items.length > most) throw unexpected(leaf, "takes in what no import was begun for");
    this.#imports.delete(command.args.import);
  }

  /** Links are learnt of while an agent recovers, and then it changes nothing but what a lock passes as well. */
  #checkRecovering(leaf: Leaf): void {
    const { kind } = leaf;
    if (kind === "restore.accept" || kind === "log.acceptLoss") this.#restored = false;
    const passes =
      LINK_KINDS.has(kind) || PASS_LOCK.has(kind) || RECOVERING_EVENTS.has(kind) || kind.startsWith("command.");
    if (!passes && !isTightening(kind as never)) throw unexpected(leaf, "stands where a restore was not accepted yet");
  }

  #takeRefusal({ leaf, state }: OpenedEntry): void {
    if (leaf.kind !== "command.refused" || leaf.post !== undefined || state !== null) {
      throw new ReportError("V_RECEIPT", `Entry ${leaf.n}: its receipt is missing.`, { entry: leaf.n });
    }
    this.#refusals.push(leaf.ts);
  }
}

/** What a host has put on record while its agent recovers: it changes no state. */
const RECOVERING_EVENTS: ReadonlySet<string> = new Set(["clock", "agent.rekey"]);

function checkResult({ n, kind, code }: Leaf, receipt: Receipt): void {
  const expected = kind.startsWith("command.") ? kind.slice("command.".length) : "applied";
  if (receipt.result !== expected || receipt.code !== code) {
    throw new ReportError("V_RECEIPT", `Entry ${n}: the receipt tells of another outcome.`, { entry: n });
  }
}

/** Each person once, in the order in which they decided. */
function labelsOf(decided: readonly Decided[]): string[] {
  return [...new Map(decided.map(({ adm, label }) => [adm, label])).values()];
}
