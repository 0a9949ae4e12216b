/** Plays its share of the histories of `check-model.ts`, a line of JSON a batch: SEED STEP TIMES LONGEST. */
import { foundModelDomain } from "./model-domain.ts";
import { playSeeds } from "./play-seeds.ts";

const [first = 0, every = 1, times = 1, longest = 16] = process.argv.slice(2).map(Number);
const BATCH = 50;

const domain = await foundModelDomain();
for (let from = 0; from < times; from += BATCH) {
  const seeds = Array.from({ length: Math.min(BATCH, times - from) }, (_, at) => first + (from + at) * every);
  const { tally, ...rest } = await playSeeds(domain, seeds, longest);
  process.stdout.write(`${JSON.stringify({ ...rest, tally: [...tally] })}\n`);
}
domain.remove();
