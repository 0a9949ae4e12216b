/**
 * `npm test [part …]`: runs every part, or the ones named, and closes with one line of counts. Where all ran, the table of
 * attacks stands before it.
 */

import { HostileTable } from "../hostile/table.ts";
import { projectOf } from "../hostile/titles.ts";
import { addCounts, type Counts, closingLine, NOTHING } from "./counts.ts";
import { PARTS, type Part, type PartName } from "./parts.ts";
import { ENDING, stopEverything } from "./run.ts";
import { RESULTS } from "./vitest.ts";

const words = process.argv.slice(2);
const unknown = words.filter((word) => !Object.hasOwn(PARTS, word));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(", ")}. Parts: ${Object.keys(PARTS).join(", ")}\n`);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stopEverything(signal));

const wanted = (words.length > 0 ? words : Object.keys(PARTS)) as PartName[];
const failed: string[] = [];
let counts: Counts = NOTHING;
for (const name of wanted) {
  if (ENDING.aborted) break;
  const part: Part = PARTS[name];
  process.stdout.write(`\n── ${name}: ${part.what}\n`);
  const began = performance.now();
  const found = await part.run();
  counts = addCounts(counts, found);
  if (found.failed > 0) failed.push(name);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`   ${name}: ${found.passed} passed, ${found.failed} failed, ${seconds} s\n`);
}
if (words.length === 0 && !ENDING.aborted) {
  const table = new HostileTable(RESULTS.tests, (file) => RESULTS.projects.includes(projectOf(file)));
  process.stdout.write(`\n── attacks: docs/threat-model/hostile-operator.md, row by row\n${table.text()}\n`);
}
if (failed.length > 0) process.stdout.write(`\n${[`Failed: ${failed.join(", ")}`, ...RESULTS.failures].join("\n")}\n`);
process.stdout.write(`\n${closingLine(counts)}\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 || ENDING.aborted ? 1 : 0;
