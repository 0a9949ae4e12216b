// `npm run fuzz:kmip [-- --frames N] [--workers W] [--seed S] [--minutes M]`: hostile frames against KMIP, whole frames
// before the answerer and a share of them through TLS. Nothing may crash, hang, harm another client or be answered by
// anything but KMIP. It ends with what each frame came to; the same seed makes the same frames.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { FuzzReport, FuzzShare } from "./fuzz-worker.ts";

/** A worker that says nothing for so long hangs. */
const SILENCE_MILLISECONDS = 120_000;

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "1000000" },
    workers: { type: "string", default: String(cpus().length) },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "0" },
  },
});
const [frames, workers, seed, minutes] = [values.frames, values.workers, values.seed, values.minutes].map(Number) as [
  number,
  number,
  number,
  number,
];

const outcomes = new Map<string, number>();
const heaps: number[] = [];
const memory: number[] = [];
let [done, sockets, wrong, slowest] = [0, 0, 0, 0];
const begun = performance.now();
const used = process.cpuUsage();
const overdue = (): boolean => minutes > 0 && performance.now() - begun > minutes * 60_000;

await Promise.all(
  Array.from({ length: workers }, (_, index) =>
    run({ seed: seed + index * 7_000_003, frames: Math.ceil(frames / workers) }),
  ),
);
sayAll();

function run(share: FuzzShare): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./fuzz-worker.ts", import.meta.url), { workerData: share });
    let heard = performance.now();
    const end = (settle: () => void): void => {
      clearInterval(watch);
      void worker.terminate();
      settle();
    };
    const watch = setInterval(() => {
      if (performance.now() - heard > SILENCE_MILLISECONDS)
        end(() => reject(new TypeError(`the worker of seed ${share.seed} hangs`)));
    }, 1000);
    worker.on("error", (cause) => end(() => reject(cause)));
    worker.on("exit", () => end(resolve));
    worker.on("message", (report: FuzzReport) => {
      heard = performance.now();
      if ("alive" in report) return;
      take(report);
      if (overdue()) end(resolve);
    });
  });
}

function take(report: Extract<FuzzReport, { wrong: unknown }>): void {
  done += report.frames;
  sockets += report.sockets;
  slowest = Math.max(slowest, report.slowestMilliseconds);
  heaps.push(report.heapMegabytes);
  memory.push(process.memoryUsage.rss() / 2 ** 20);
  for (const [name, count] of report.outcomes) outcomes.set(name, (outcomes.get(name) ?? 0) + count);
  for (const each of report.wrong) {
    wrong += 1;
    if (wrong <= 20) console.log(`WRONG: ${each}`);
  }
  if (report.wrong.length > 0) process.exitCode = 1;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.log(`${done} frames, ${seconds} s, ${wrong} wrong, RSS ${memory.at(-1)?.toFixed(0)} MiB`);
}

function sayAll(): void {
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - begun) / 1000;
  const quarter = Math.max(1, Math.floor(memory.length / 4));
  const mean = (list: readonly number[]): string => (list.reduce((a, b) => a + b, 0) / list.length).toFixed(0);
  const table = [...outcomes].sort((a, b) => b[1] - a[1]).map(([name, count]) => `| ${name} | ${count} |`);
  console.log(
    [
      "",
      `${done} frames before the answerer and ${sockets} through TLS, seed ${seed}: ${wrong} wrong.`,
      `${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor time, slowest frame ${slowest.toFixed(0)} ms.`,
      `RSS ${mean(memory.slice(0, quarter))} MiB in the first quarter, ${mean(memory.slice(-quarter))} MiB in the last;`,
      `heap of a worker between rounds ${mean(heaps.slice(0, quarter))} and ${mean(heaps.slice(-quarter))} MiB.`,
      "",
      "| came to | frames |",
      "|---|--:|",
      ...table,
    ].join("\n"),
  );
}
