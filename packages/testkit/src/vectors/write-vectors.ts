/** Writes `vectors/`. Running it again gives the same bytes; a test compares. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allCases, toVector } from "./all-cases.ts";
import { VECTORS_FOLDER } from "./load-vectors.ts";

mkdirSync(VECTORS_FOLDER, { recursive: true });
for (const [name, cases] of Object.entries(await allCases())) {
  const vectors = await Promise.all(cases.map(toVector));
  writeFileSync(join(VECTORS_FOLDER, `${name}.json`), `${JSON.stringify(vectors, null, 1)}\n`);
  process.stdout.write(`${name}: ${vectors.length}\n`);
}
