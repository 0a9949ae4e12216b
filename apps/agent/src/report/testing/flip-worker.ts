// One share of check-flips.ts: one change at every nth place of a file.
import { parentPort, workerData } from "node:worker_threads";
import { type Mutation, mutate } from "./mutate.ts";
import { isRefusal, refusalOf } from "./refusal-of.ts";

/** What a worker is told. */
export interface Share {
  readonly bytes: Uint8Array;
  readonly mutation: Mutation;
  readonly first: number;
  readonly step: number;
}

/** What a worker says now and then: what it found since it last said so. */
export interface Found {
  /** The place it has come to. */
  readonly at: number;
  /** How often each outcome came. */
  readonly counts: ReadonlyMap<string, number>;
  /** Changes that were not refused by name. */
  readonly wrong: readonly string[];
  readonly slowestMilliseconds: number;
  readonly done: boolean;
}

/** Changes under way at once, so that none waits for the signature checks of another; and places between two messages. */
const TOGETHER = 8;
const BATCH = 400;

const { bytes, mutation, first, step } = workerData as Share;
let counts = new Map<string, number>();
let wrong: string[] = [];
let slowestMilliseconds = 0;

for (let at = first; at <= bytes.length; at += step * BATCH) {
  const places = Array.from({ length: BATCH }, (_, index) => at + index * step).filter((each) => each <= bytes.length);
  await Promise.all(Array.from({ length: TOGETHER }, () => tryAll(places)));
  tell(at, false);
}
tell(bytes.length, true);

async function tryAll(places: number[]): Promise<void> {
  for (let at = places.pop(); at !== undefined; at = places.pop()) {
    const changed = mutate(bytes, at, mutation);
    if (changed === null) continue;
    const began = performance.now();
    const outcome = await refusalOf(changed);
    slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - began);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    if (!isRefusal(outcome)) wrong.push(`byte ${at}, ${mutation}: ${outcome}`);
  }
}

function tell(at: number, done: boolean): void {
  parentPort?.postMessage({ at, counts, wrong, slowestMilliseconds, done } satisfies Found);
  counts = new Map();
  wrong = [];
}
