import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One case of `vectors/`: what goes in, and that it is accepted or by which code it is refused. */
export interface Vector {
  readonly name: string;
  /** `ok`, or the code. */
  readonly expect: string;
  /** Why it is as it is. */
  readonly why: string;
  /** Which function of the package the input is for. */
  readonly check: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What an accepted input gives, where there is more to say than that it is accepted. */
  readonly output?: unknown;
}

/** The repository's own vectors. */
export const VECTORS_FOLDER = join(import.meta.dirname, "../../../../vectors");

/** Reads `vectors/<name>.json`. */
export function loadVectors(name: string): readonly Vector[] {
  return JSON.parse(readFileSync(join(VECTORS_FOLDER, `${name}.json`), "utf8"));
}
