import { HoldfastError } from "@holdfast/protocol";
import { Chance, mutated } from "./mutate.ts";
import type { Target } from "./target.ts";

/** What a run over one reader came to. */
export interface FuzzRun {
  readonly name: string;
  readonly inputs: number;
  readonly accepted: number;
  /** Refusals by their code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Longest that one input took, in milliseconds. */
  readonly slowest: number;
  /** Inputs that ended in an untyped error, or were accepted and mean something else; with why. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 10;

/** Reads so many changed inputs; each follows from the seed. */
export async function fuzz(target: Target, inputs: number, seed: number): Promise<FuzzRun> {
  const chance = new Chance(seed);
  const refused = new Map<string, number>();
  const faults: string[] = [];
  let [accepted, slowest] = [0, 0];
  for (let count = 0; count < inputs && faults.length < MOST_FAULTS; count += 1) {
    const input = mutated(chance.of(target.valid), chance.of(target.valid), chance, target.isText);
    const began = performance.now();
    try {
      const answer = target.read(input);
      const wrong = answer instanceof Promise ? await answer : answer;
      accepted += 1;
      if (wrong !== null) faults.push(`${wrong}: ${Buffer.from(input).toString("base64url")}`);
    } catch (error) {
      if (error instanceof HoldfastError) refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      else faults.push(`${String(error)}: ${Buffer.from(input).toString("base64url")}`);
    }
    slowest = Math.max(slowest, performance.now() - began);
  }
  return { name: target.name, inputs, accepted, refused, slowest, faults };
}
