import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Notice } from "@holdfast/notices";
import { writeDurably } from "../durable-file.ts";

/** One notice on its way to one receiver. */
export interface Delivery {
  readonly notice: Notice;
  /** `webhook`, or a mail address. */
  readonly to: string;
  readonly state: "waiting" | "delivered" | "dead";
  readonly tries: number;
  /** Unix seconds. */
  readonly nextAt: number;
  readonly triedAt: number | null;
  readonly code: string | null;
}

interface Kept {
  /** What was told, and when, by kind and subject. */
  readonly told: Record<string, number>;
  readonly deliveries: Delivery[];
  /** What was written within a day, whatever became of its deliveries. */
  readonly written: readonly { readonly at: number; readonly budget: string }[];
  /** Up to which entry the custody log was told; null before the first look. */
  readonly logRead: number | null;
}

const FILE = "notices-sent.json";
const KEPT_SECONDS = 120 * 86_400;
const MOST_TOLD = 20_000;
/** Deliveries that are remembered. More are kept only where they wait and may not be dropped: a budget a day bounds them. */
export const MOST_DELIVERIES = 500;
const DAY = 86_400;

/** What was told and what is on its way. On disk, so that a restart neither tells twice nor forgets. */
export class NoticeBox {
  readonly #path: string;
  #kept: Kept;

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, FILE);
    this.#kept = read(this.#path);
  }

  wasTold(mark: string): boolean {
    return Object.hasOwn(this.#kept.told, mark);
  }

  /** How many notices of a budget there were since, at most a day ago. */
  countSince(since: number, budget: string): number {
    return this.#kept.written.filter((each) => each.at > since && each.budget === budget).length;
  }

  /** Puts a notice on its way to each receiver and marks what it told. */
  put(notice: Notice, marks: readonly string[], receivers: readonly string[], budget: string = notice.kind): void {
    const told = { ...this.#kept.told, ...Object.fromEntries(marks.map((mark) => [mark, notice.at])) };
    const fresh = receivers.map((to): Delivery => ({ ...NEW, notice, to, nextAt: notice.at }));
    this.#keep({
      ...this.#kept,
      told: recent(told, notice.at),
      deliveries: evict([...fresh, ...this.#kept.deliveries]),
      written: [...this.#kept.written.filter(({ at }) => at > notice.at - DAY), { at: notice.at, budget }],
    });
  }

  /** What is to be tried now: oldest first, proposals that wait after everything else. */
  due(now: number): Delivery[] {
    const due = this.#kept.deliveries.filter(({ state, nextAt }) => state === "waiting" && nextAt <= now).reverse();
    return [...due.filter((each) => !isProposal(each)), ...due.filter(isProposal)];
  }

  /** Newest first. */
  last(most: number): readonly Delivery[] {
    return this.#kept.deliveries.slice(0, most);
  }

  get logRead(): number | null {
    return this.#kept.logRead;
  }

  /** Keeps up to which entry the custody log was told. */
  readLog(next: number): void {
    if (next !== this.#kept.logRead) this.#keep({ ...this.#kept, logRead: next });
  }

  /** Keeps how a try went. */
  record(delivery: Delivery, outcome: Partial<Delivery>): void {
    const deliveries = this.#kept.deliveries.map((each) => (each === delivery ? { ...each, ...outcome } : each));
    this.#keep({ ...this.#kept, deliveries });
  }

  /** A disk that takes nothing now is written at the next change; what is in memory holds until then. */
  #keep(kept: Kept): void {
    this.#kept = kept;
    try {
      writeDurably(this.#path, `${JSON.stringify(kept)}\n`);
    } catch {
      // Said by everything else that writes to this disk.
    }
  }
}

const NEW = { state: "waiting", tries: 0, triedAt: null, code: null } as const;

function read(path: string): Kept {
  try {
    const { told, deliveries, written = [], logRead = null } = JSON.parse(readFileSync(path, "utf8")) as Partial<Kept>;
    return { told: told ?? {}, deliveries: deliveries ?? [], written, logRead };
  } catch {
    return { told: {}, deliveries: [], written: [], logRead: null };
  }
}

function recent(told: Record<string, number>, now: number): Record<string, number> {
  const entries = Object.entries(told).filter(([, at]) => at > now - KEPT_SECONDS);
  return Object.fromEntries(entries.slice(-MOST_TOLD));
}

function isProposal({ notice }: Delivery): boolean {
  return notice.kind === "approvals.waiting";
}

/** Drops the oldest that is over; then proposals that wait; nothing else that waits. */
function evict(deliveries: readonly Delivery[]): Delivery[] {
  let excess = deliveries.length - MOST_DELIVERIES;
  let kept = [...deliveries];
  for (const mayGo of [(each: Delivery) => each.state !== "waiting", isProposal]) {
    kept = kept
      .reverse()
      .filter((each) => excess <= 0 || !mayGo(each) || excess-- <= 0)
      .reverse();
  }
  return kept;
}
