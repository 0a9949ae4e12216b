/**
 * Plays random histories against real agents and the model, on every core: `npm run check:model -- 100000`.
 *
 * Each history is of its own seed: `-- --seed S --times 1 --longest N` plays one again. Ends with 1 where agent and model differ, with
 * the shortest history that shows it.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const WORKER = fileURLToPath(new URL("./play-histories.ts", import.meta.url));
const PROGRESS_MS = 10_000;

const { values, positionals } = parseArgs({
  options: {
    ...{ seed: { type: "string" }, times: { type: "string" }, workers: { type: "string" } },
    longest: { type: "string", default: "16" },
  },
  allowPositionals: true,
});
const times = Number(values.times ?? positionals[0] ?? 2000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 0x7fffffff));
const workers = Math.min(times, Number(values.workers ?? availableParallelism()));

const began = performance.now();
const tally = new Map<string, number>();
let [histories, steps, reported] = [0, 0, began];
const failures: string[] = [];
process.stdout.write(`${times} histories from seed ${seed} on, ${workers} at a time\n`);

await Promise.all(Array.from({ length: workers }, (_, worker) => play(worker)));

const seconds = (performance.now() - began) / 1000;
const shown = [...tally].sort(([, one], [, other]) => other - one).map(([what, count]) => `${count} ${what}`);
process.stdout.write(`\n${shown.join("\n")}\n\n`);
for (const failure of failures) process.stdout.write(`${failure}\n\n`);
process.stdout.write(
  `${histories} histories, ${steps} steps, ${failures.length} in which the agent was not as the model says, ${seconds.toFixed(0)} s\n`,
);
process.exitCode = failures.length > 0 || histories < times ? 1 : 0;

/** One worker's share: every `workers`-th seed. */
function play(worker: number): Promise<void> {
  const share = Math.floor(times / workers) + (worker < times % workers ? 1 : 0);
  const words = [seed + worker, workers, share, values.longest].map(String);
  const child = spawn(process.execPath, [WORKER, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => take(JSON.parse(line)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}

/** What `play-histories.ts` writes, a line a batch. */
interface Batch {
  readonly histories: number;
  readonly steps: number;
  readonly tally: readonly (readonly [string, number])[];
  readonly failures: readonly string[];
}

function take(batch: Batch): void {
  histories += batch.histories;
  steps += batch.steps;
  for (const [what, count] of batch.tally) tally.set(what, (tally.get(what) ?? 0) + count);
  failures.push(...batch.failures);
  for (const failure of batch.failures) process.stdout.write(`${failure.split("\n")[0]?.slice(0, 200)} …\n`);
  const now = performance.now();
  if (now - reported < PROGRESS_MS) return;
  reported = now;
  const left = ((now - began) / histories) * (times - histories);
  process.stdout.write(
    `${histories} histories, ${failures.length} differ, about ${Math.ceil(left / 60_000)} min left\n`,
  );
}
