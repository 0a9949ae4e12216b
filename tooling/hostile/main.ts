/**
 * `npm run test:hostile [unit|integration|e2e …]`: runs every test that carries a row of the catalogue in its title, and
 * prints the table. Ends with 1 where a row that is called refused has no test that passed.
 */

import { prepare } from "../start/prepare.ts";
import { ensureChromium } from "../test/chromium.ts";
import { ROOT } from "../test/root.ts";
import { ENDING, stopEverything } from "../test/run.ts";
import { vitestReport } from "../test/vitest.ts";
import { type Attack, countsLine, readCatalogue } from "./catalogue.ts";
import { filesWithRows, projectOf, rowsOf } from "./titles.ts";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stopEverything(signal));

const files = filesWithRows();
const known = [...new Set([...files.keys()].map(projectOf))].sort();
const words = process.argv.slice(2);
const unknown = words.filter((word) => !known.some((project) => project === word));
if (unknown.length > 0) {
  process.stderr.write(`There is no kind of test ${unknown.join(", ")}. Kinds: ${known.join(", ")}\n`);
  process.exit(2);
}
const projects = known.filter((project) => words.length === 0 || words.includes(project));
const wanted = [...files.keys()].filter((file) => projects.includes(projectOf(file)));

const browser = projects.includes("e2e");
await prepare(ROOT, !browser, { say: (text) => process.stdout.write(`   ${text}\n`), signal: ENDING });
const env = browser ? { CHROMIUM_PATH: await ensureChromium() } : {};
const { report } = await vitestReport(projects, { files: wanted, env });

const passed = new Map<number, number>();
const failed = new Set<number>();
for (const { assertionResults } of report?.testResults ?? []) {
  for (const { fullName, status } of assertionResults) {
    for (const row of rowsOf(fullName)) {
      if (status === "passed") passed.set(row, (passed.get(row) ?? 0) + 1);
      if (status === "failed") failed.add(row);
    }
  }
}
const elsewhere = new Set([...files].filter(([file]) => !wanted.includes(file)).flatMap(([, rows]) => rows));

const attacks = readCatalogue();
const unproved = attacks.filter(({ row, state }) => state === "refused" && resultOf(row) === "NOT PROVED");
process.stdout.write(`\n${attacks.map(lineOf).join("\n")}\n`);
process.stdout.write(`\n${countsLine(attacks)}; ${passed.size} rows proved by this run\n`);
if (unproved.length > 0) process.stdout.write(`Not proved: rows ${unproved.map(({ row }) => row).join(", ")}\n`);
process.exitCode = unproved.length > 0 || report === null || ENDING.aborted ? 1 : 0;

function resultOf(row: number): string {
  const tests = passed.get(row) ?? 0;
  if (failed.has(row)) return "NOT PROVED";
  if (tests > 0) return `refused (${tests} ${tests === 1 ? "test" : "tests"})`;
  return elsewhere.has(row) ? "not run here" : "NOT PROVED";
}

function lineOf({ row, attack, state, reason }: Attack): string {
  const result = state === "refused" ? resultOf(row) : state === "limit" ? "documented limit" : `awaiting: ${reason}`;
  return `${String(row).padStart(3)}  ${attack.padEnd(72).slice(0, 72)}  ${result}`;
}
