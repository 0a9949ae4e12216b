import { existsSync } from "node:fs";
import { playCase } from "./play-case.ts";
import { publishedCases, withPrerequisites } from "./published-cases.ts";
import { startSubject } from "./start-subject.ts";
import { vectorFolder } from "./vector-folder.ts";

// `npm run conformance:kmip [FOLDER]`: plays the published cases of a folder on a key server that runs for it alone, and
// tells for each version and profile how many pass. It fails unless all do.

const folder = process.argv[2] ?? vectorFolder();
if (!existsSync(folder)) {
  console.error(`No cases at ${folder}. Give the folder, or set HOLDFAST_VECTORS.`);
  process.exit(2);
}
const subject = await startSubject();
const table = new Map<string, { passed: number; all: number }>();
let failures = 0;
for (const each of withPrerequisites(publishedCases(folder))) {
  const difference = await playCase(subject, each);
  if (each.prerequisite && difference === null) continue;
  for (const row of [`${each.version}`, `${each.version} ${each.profile}`]) {
    const { passed, all } = table.get(row) ?? { passed: 0, all: 0 };
    table.set(row, { passed: passed + (difference === null ? 1 : 0), all: all + 1 });
  }
  if (difference === null) continue;
  failures += 1;
  console.log(`FAIL ${each.name} (KMIP ${each.version}): ${difference}`);
}
await subject.close();
for (const [row, { passed, all }] of [...table].sort(([a], [b]) => a.localeCompare(b)))
  console.log(`${passed === all ? "pass" : "FAIL"} ${row}: ${passed} of ${all}`);
process.exit(failures === 0 ? 0 : 1);
