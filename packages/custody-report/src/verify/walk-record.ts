import { isTightening, type Leaf, limitSpent, type OpenedEntry } from "@holdfast/protocol";
import { ReportError } from "../errors.ts";
import type { ChangeFacts, EventFacts } from "../model/facts.ts";
import { Replay } from "./replay.ts";

/** One client's use of one key in one minute. */
export type Use = {
  readonly key: string;
  readonly client: string;
  readonly at: number;
  readonly count: number;
  readonly bytes: number;
};

/** What a walk through the log has established so far, and what every kind of entry has to respect. */
export class WalkRecord {
  readonly replay: Replay;
  readonly uses: Use[] = [];
  readonly releases: { key: string; at: number }[] = [];
  readonly changes: ChangeFacts[] = [];
  readonly events: EventFacts[] = [];
  /** How much of each key's usage limit was given out by then. */
  readonly #spent = new Map<string, number>();

  constructor(tid: string) {
    this.replay = new Replay(tid);
  }

  /** Puts down an entry that is no change of keys. */
  note(leaf: Leaf): void {
    const { n, ts, subject } = leaf;
    this.events.push({ entry: n, at: ts, kind: this.#eventKind(leaf), subject });
  }

  /** What an event is told as: some say more than their kind does. */
  #eventKind(leaf: Leaf): EventFacts["kind"] {
    if (isLearnt(leaf)) return "roster.learnt";
    const spent = limitSpent(leaf);
    if (spent === null) return leaf.kind;
    const before = this.#spent.get(leaf.subject) ?? 0;
    this.#spent.set(leaf.subject, spent);
    return spent < before ? "limit.back" : "limit.given";
  }

  /** Puts down a change that no command was the reason of. @param by - Who made it, where a client did. */
  changeBy(how: "client" | "date" | "schedule", entry: OpenedEntry, by: readonly string[] = []): void {
    const { kind } = entry.leaf;
    const decided = { act: kind, count: 1, by: [...by], rejectedBy: [], how, reason: "" } as const;
    this.changes.push({ ...this.describe(entry), ...decided });
  }

  /** What every account of a change begins with. */
  describe({ leaf }: OpenedEntry) {
    const { n, ts, kind, subject, code } = leaf;
    return { entry: n, at: ts, kind, subject, label: this.replay.labelOf(subject), code: code ?? null };
  }

  /** @throws {@link ReportError} `V_STATE` */
  knownKey(leaf: Leaf): string {
    if (!this.replay.keys.has(leaf.subject)) throw unexpected(leaf, "is about a key that was never made");
    return leaf.subject;
  }

  /** @throws {@link ReportError} `V_STATE` for what changes something while changes are locked */
  checkLock(leaf: Leaf, act: string): void {
    if (!this.replay.locked || PASS_LOCK.has(act) || act.startsWith("command.") || isTightening(act as never)) return;
    throw unexpected(leaf, "changed something while changes were locked");
  }
}

/** Acts that a lock lets through, besides what only takes away. */
export const PASS_LOCK: ReadonlySet<string> = new Set([
  "domain.unlock",
  "log.acceptLoss",
  "restore.accept",
  "clock.accept",
]);

/** Whether an entry tells of a link that a restored agent learnt of. */
export function isLearnt({ kind, data }: Leaf): boolean {
  return kind === "roster" && data?.["learnt"] !== undefined;
}

/** An entry that should not be there, or not so. @param problem - Goes on from the entry's name. */
export function unexpected({ n, kind }: Leaf, problem: string): ReportError {
  return new ReportError("V_STATE", `Entry ${n} (${kind}) ${problem}.`.replace(" : ", ": "), { entry: n });
}
