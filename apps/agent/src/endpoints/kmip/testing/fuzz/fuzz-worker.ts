// One worker of `npm run fuzz:kmip`: round after round on a key server of its own, each reported to the main thread.
import { parentPort, workerData } from "node:worker_threads";
import { fuzzInProcess } from "./fuzz-in-process.ts";
import { fuzzSockets } from "./fuzz-sockets.ts";
import { FuzzTarget } from "./fuzz-target.ts";

/** What a worker is to do. */
export interface FuzzShare {
  readonly seed: number;
  readonly frames: number;
}

/** What a worker reports: that it is alive, or what a round came to. */
export type FuzzReport =
  | { readonly alive: number }
  | {
      readonly frames: number;
      readonly sockets: number;
      readonly outcomes: ReadonlyMap<string, number>;
      readonly slowestMilliseconds: number;
      readonly wrong: readonly string[];
      readonly heapMegabytes: number;
    };

/** A round's frames: objects that are made in it end with its key server. */
const ROUND = 100_000;
/** Of these, through sockets. */
const SOCKETS = 2_000;

const { seed, frames } = workerData as FuzzShare;
for (let done = 0, round = 0; done < frames; done += ROUND, round += 1) {
  const target = await FuzzTarget.open();
  const roundSeed = seed + round * 1_000_003;
  const each = ({ frames: alive }: { readonly frames: number }): void => parentPort?.postMessage({ alive });
  const inside = await fuzzInProcess(target, { seed: roundSeed, frames: Math.min(ROUND, frames - done), each });
  const outside = await fuzzSockets(target, { seed: roundSeed + 1, frames: SOCKETS });
  const outcomes = new Map(inside.outcomes);
  for (const [name, count] of outside.outcomes)
    if (name !== "closed") outcomes.set(name, (outcomes.get(name) ?? 0) + count);
  const wrong = [...inside.wrong, ...outside.wrong, ...target.faults.map((line) => `a fault: ${line}`)];
  await target.close();
  globalThis.gc?.();
  const report: FuzzReport = {
    frames: inside.frames,
    sockets: outside.frames,
    outcomes,
    slowestMilliseconds: inside.slowestMilliseconds,
    wrong,
    heapMegabytes: process.memoryUsage().heapUsed / 2 ** 20,
  };
  parentPort?.postMessage(report);
}
