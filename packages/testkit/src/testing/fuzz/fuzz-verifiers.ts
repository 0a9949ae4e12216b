/**
 * Changed inputs for every strict reader: `npm run fuzz:verifiers -- --inputs 1000000 [--only NAME] [--seed S]`.
 *
 * Ends with 1 where one ended in an untyped error, or accepted what means something else.
 */
import { parseArgs } from "node:util";
import { fuzz } from "./run-fuzz.ts";
import { TARGETS } from "./targets.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 0x7fffffff)) },
    only: { type: "string" },
  },
});
const wanted = TARGETS.filter(({ name }) => values.only === undefined || name.includes(values.only));
process.stdout.write(
  `Seed ${values.seed}\n\n| reader | inputs | refused | accepted, rightly | slowest | wrong |\n|---|--:|--:|--:|--:|--:|\n`,
);
let wrong = 0;
for (const target of wanted) {
  const { name, inputs, accepted, refused, slowest, faults } = await fuzz(
    target,
    Number(values.inputs),
    Number(values.seed),
  );
  const sum = [...refused.values()].reduce((all, each) => all + each, 0);
  process.stdout.write(
    `| ${name} | ${inputs} | ${sum} | ${accepted} | ${slowest.toFixed(0)} ms | ${faults.length} |\n`,
  );
  for (const fault of faults) process.stderr.write(`${name}: ${fault}\n`);
  wrong += faults.length;
}
process.exitCode = wrong > 0 ? 1 : 0;
