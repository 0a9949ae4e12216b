/**
 * `npm run test:hostile [unit|integration|e2e …]`: runs every test that carries a row of the catalogue in its title, and
 * prints the table. Ends with 1 where a row that is called refused has no test that passed.
 */

import { prepare } from "../start/prepare.ts";
import { ensureChromium } from "../test/chromium.ts";
import { ROOT } from "../test/root.ts";
import { ENDING, stopEverything } from "../test/run.ts";
import { vitestReport } from "../test/vitest.ts";
import { HostileTable } from "./table.ts";
import { filesWithRows, projectOf } from "./titles.ts";

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

const results = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
const table = new HostileTable(results, (file) => wanted.includes(file));
process.stdout.write(`\n${table.text()}\n`);
process.exitCode = table.unproved.length > 0 || report === null || ENDING.aborted ? 1 : 0;
