import fc from "fast-check";
import type { Step } from "./history.ts";
import type { ModelDomain } from "./model-domain.ts";
import { playHistory } from "./play.ts";
import { histories } from "./random-history.ts";

/** Most steps of a history, unless somebody says. */
const LONGEST = 16;

/** What the histories of some seeds came to. */
export interface PlayedSeeds {
  readonly histories: number;
  readonly steps: number;
  readonly tally: ReadonlyMap<string, number>;
  /** One text a history in which the agent was not as the model says: its seed, the shortest such history, and where. */
  readonly failures: readonly string[];
}

/** Plays one history a seed, of at most so many steps; one that fails is made as short as it can be. */
export async function playSeeds(
  domain: ModelDomain,
  seeds: readonly number[],
  longest: number = LONGEST,
): Promise<PlayedSeeds> {
  const tally = new Map<string, number>();
  const failures: string[] = [];
  let steps = 0;
  const property = fc.asyncProperty(histories(longest), async (history: Step[]) => {
    const { differences, tally: said } = await playHistory(domain, history);
    steps += history.length;
    for (const [what, count] of said) tally.set(what, (tally.get(what) ?? 0) + count);
    if (differences.length > 0) throw new Error(differences.join("\n"));
  });
  for (const seed of seeds) {
    const result = await fc.check(property, { seed, numRuns: 1 });
    if (!result.failed) continue;
    const { counterexample, errorInstance } = result;
    const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    failures.push(`seed ${seed}, at most ${longest} steps: ${JSON.stringify(counterexample?.[0])}\n${why}`);
  }
  return { histories: seeds.length, steps, tally, failures };
}
