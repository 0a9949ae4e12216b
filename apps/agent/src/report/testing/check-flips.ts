// `npm run check:flips`: every smallest change of a whole report, in both forms, through the public verification. Each
// must be refused by name: none may hold, crash or hang. Tens of minutes; a number after it says how many workers.
import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import type { Found, Share } from "./flip-worker.ts";
import { livedReport } from "./lived-report.ts";
import { MUTATIONS, type Mutation } from "./mutate.ts";
import { refusalOf } from "./refusal-of.ts";

/** A worker that says nothing for so long hangs. */
const SILENCE_MILLISECONDS = 180_000;
const WORKERS = Math.max(1, Number(process.argv[2] ?? cpus().length));

type Round = { readonly mutation: Mutation; readonly counts: ReadonlyMap<string, number>; readonly wrong: number };

const report = await livedReport();
for (const form of ["pdf", "bundle"] as const) {
  const bytes = report[form];
  if ((await refusalOf(bytes)) !== "held") throw new TypeError(`the ${form} itself does not hold`);
  say(`\n${form}: ${bytes.length} bytes`);
  const rounds: Round[] = [];
  for (const mutation of MUTATIONS) rounds.push(await runRound(bytes, mutation));
  sayTable(rounds);
}

async function runRound(bytes: Uint8Array, mutation: Mutation): Promise<Round> {
  const began = performance.now();
  const used = process.cpuUsage();
  const shares = Array.from({ length: WORKERS }, (_, first) => ({ bytes, mutation, first, step: WORKERS }));
  const found = (await Promise.all(shares.map(runShare))).flat();
  const { user, system } = process.cpuUsage(used);
  const counts = new Map<string, number>();
  for (const [code, count] of found.flatMap((each) => [...each.counts])) add(counts, code, count);
  const wrong = found.flatMap((each) => each.wrong);
  for (const one of wrong.slice(0, 20)) say(`NOT REFUSED BY NAME: ${one}`);
  if (wrong.length > 0) process.exitCode = 1;
  const seconds = [(performance.now() - began) / 1e3, (user + system) / 1e6].map((each) => each.toFixed(0));
  const slowest = Math.max(...found.map((each) => each.slowestMilliseconds)).toFixed(0);
  say(
    `${mutation}: ${sum(counts)} changes, ${wrong.length} not refused by name; ` +
      `${seconds[0]} s, ${seconds[1]} s of CPU, slowest ${slowest} ms`,
  );
  return { mutation, counts, wrong: wrong.length };
}

function runShare(share: Share): Promise<Found[]> {
  return new Promise((resolve, reject) => {
    const found: Found[] = [];
    const worker = new Worker(new URL("./flip-worker.ts", import.meta.url), { workerData: share });
    const end = (settle: () => void) => {
      clearInterval(silence);
      void worker.terminate();
      settle();
    };
    const fail = (problem: unknown) => end(() => reject(problem));
    const silence = setInterval(
      () => fail(new TypeError(`${share.mutation} somewhere after byte ${found.at(-1)?.at ?? 0} hangs`)),
      SILENCE_MILLISECONDS,
    );
    worker.on("error", fail);
    worker.on("message", (message: Found) => {
      silence.refresh();
      found.push(message);
      if (message.done) end(() => resolve(found));
    });
  });
}

/** Codes by change, in the form in which docs keep them. */
function sayTable(rounds: readonly Round[]): void {
  const all = new Map<string, number>();
  for (const { counts } of rounds) for (const [code, count] of counts) add(all, code, count);
  const codes = [...all.keys()].sort();
  say(
    `\n| change | ${codes.map((code) => `\`${code}\``).join(" | ")} | all |\n|---|${"--:|".repeat(codes.length + 1)}`,
  );
  const row = (name: string, counts: ReadonlyMap<string, number>) =>
    say(`| ${[name, ...codes.map((code) => counts.get(code) ?? 0), sum(counts)].join(" | ")} |`);
  for (const { mutation, counts } of rounds) row(mutation, counts);
  row("all", all);
  say(`${rounds.reduce((total, { wrong }) => total + wrong, 0)} not refused by name`);
}

function add(counts: Map<string, number>, code: string, count: number): void {
  counts.set(code, (counts.get(code) ?? 0) + count);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
