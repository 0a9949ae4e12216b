// How long an agent with many keys takes from its process's begin to its first encryption, and how much memory. The folders
// are made by the product's own way, which takes minutes; a folder that is named is kept for the next run.
//   npm run bench:start [-- FOLDER [KEYS …]]
import { fork, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROUNDS = 3;
const GOALS = new Map([
  [100_000, 3],
  [1_000_000, 30],
]);

interface Started {
  /** Milliseconds since the process began. */
  readonly loaded: number;
  readonly opened: number;
  readonly first: number;
  /** Processor time of all threads until then, milliseconds. */
  readonly cpu: number;
  readonly keys: number;
  readonly locked: number;
  /** Bytes. */
  readonly rss: number;
  readonly peak: number;
}

const [given, ...sizes] = process.argv.slice(2);
const base = given ?? mkdtempSync(join(tmpdir(), "holdfast-start-"));
const counts = sizes.length > 0 ? sizes.map(Number) : [...GOALS.keys()];
const [cpu] = cpus();
console.log(
  [
    `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, load before ${loadavg()[0]?.toFixed(1)}, the middle of ${ROUNDS} starts, the file in the system's cache.`,
    "",
    "| keys | store, MiB | program loaded, s | opened, s | first encryption, s | processor time, s | goal, s | memory, MiB | at most, MiB |",
    "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
  ].join("\n"),
);
try {
  for (const count of counts) console.log(await measure(count));
} finally {
  if (given === undefined) rmSync(base, { recursive: true, force: true });
}

async function measure(count: number): Promise<string> {
  const folder = join(base, String(count));
  mkdirSync(folder, { recursive: true });
  const script = fileURLToPath(new URL("./make-store.ts", import.meta.url));
  const made = spawnSync(process.execPath, [script, folder, String(count)], { stdio: ["ignore", "ignore", "inherit"] });
  if (made.status !== 0) throw new TypeError(`The store of ${count} keys was not made.`);
  const rounds: Started[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await start(folder));
  const middle = rounds.toSorted((a, b) => a.first - b.first)[Math.floor(ROUNDS / 2)] as Started;
  if (middle.keys !== count || middle.locked !== 0) throw new TypeError(`${middle.keys} keys, ${middle.locked} locked`);
  const second = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);
  const mebi = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  const cells = [
    ...[String(count), mebi(statSync(join(folder, "data", "agent.db")).size)],
    ...[
      second(middle.loaded),
      second(middle.opened),
      second(middle.first),
      second(middle.cpu),
      String(GOALS.get(count) ?? ""),
    ],
    ...[mebi(middle.rss), mebi(middle.peak)],
  ];
  return `| ${cells.join(" | ")} |`;
}

function start(folder: string): Promise<Started> {
  const child = fork(fileURLToPath(new URL("./start-agent.ts", import.meta.url)), [folder], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    child.once("message", (found) => resolve(found as Started));
    child.once("exit", (code) => reject(new TypeError(`The agent ended with ${code}.`)));
  });
}
