import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Vector } from "./vector.ts";

/** The repository's own vectors. */
export const VECTORS_FOLDER = join(import.meta.dirname, "../../../../vectors");

/** Reads `vectors/<name>.json`. */
export function loadVectors(name: string): readonly Vector[] {
  return JSON.parse(readFileSync(join(VECTORS_FOLDER, `${name}.json`), "utf8"));
}

/** The names of all files of vectors. */
export function vectorFiles(): string[] {
  return readdirSync(VECTORS_FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length));
}
