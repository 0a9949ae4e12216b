import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Counts } from "./counts.ts";
import { ROOT } from "./root.ts";

/** Published sets of algorithms that this version does not have, each with the reason. */
const WITHOUT_ALGORITHM: Readonly<Record<string, string>> = {
  "wycheproof/json_web_key_test.json": "no JWK is verified or encrypted with",
  "wycheproof/json_web_signature_test.json": "no JWS is made or verified",
  "acvp/ctrDRBG-SP800-90Ar1/internalProjection.json.gz":
    "random numbers are the runtime's; it cannot be seeded from outside",
};

/** Sets that are counted: those of the two makers whose verdicts are published test by test. */
const COUNTED = ["wycheproof", "acvp"];

/** A line that the vector tests write: a file that was read, or what a set gave. */
type Line = { readonly read: string } | { readonly set: string; readonly counts: Readonly<Record<string, number>> };

/** Where the vector tests write what they read and counted, for one run. */
export class VectorSummary {
  readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-vectors-"));
  readonly #file = join(this.#folder, "tally.jsonl");

  get environment(): NodeJS.ProcessEnv {
    return { HOLDFAST_VECTOR_TALLY: this.#file };
  }

  /** Prints counts by set and what was not driven, and counts a set that nobody drove and nobody explained as a failure. */
  end(counts: Counts): Counts {
    const lines = this.#lines();
    rmSync(this.#folder, { recursive: true, force: true });
    const folder = join(process.env.HOLDFAST_VECTORS ?? join(ROOT, "../shared/vectors"), "crypto");
    if (!existsSync(folder)) {
      process.stdout.write("   skipped: no published vectors (HOLDFAST_VECTORS)\n");
      return counts;
    }
    printCounts(lines);
    const read = new Set(lines.flatMap((line) => ("read" in line ? [line.read] : [])));
    const undriven = setsIn(folder).filter((path) => !read.has(path));
    const unexplained = undriven.filter((path) => WITHOUT_ALGORITHM[path] === undefined);
    for (const path of undriven)
      process.stdout.write(`   not driven: ${path}: ${WITHOUT_ALGORITHM[path] ?? "NOBODY SAYS WHY"}\n`);
    const driven = setsIn(folder).length - undriven.length;
    process.stdout.write(
      `   sets of Wycheproof and ACVP: ${driven} driven, ${undriven.length} without an algorithm here\n`,
    );
    return unexplained.length === 0 ? counts : { ...counts, failed: counts.failed + unexplained.length };
  }

  #lines(): Line[] {
    if (!existsSync(this.#file)) return [];
    const text = readFileSync(this.#file, "utf8").trim();
    return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as Line);
  }
}

function setsIn(folder: string): string[] {
  return COUNTED.flatMap((maker) =>
    readdirSync(join(folder, maker), { recursive: true, encoding: "utf8" })
      .map((path) => relative(folder, join(folder, maker, path)))
      .filter((path) => /[.]json([.]gz)?$/.test(path)),
  ).sort();
}

function printCounts(lines: readonly Line[]): void {
  const sets = lines
    .filter((line): line is Extract<Line, { set: string }> => "set" in line)
    .sort((a, b) => (a.set < b.set ? -1 : 1));
  const width = Math.max(0, ...sets.map(({ set }) => set.length));
  const sums = { accepted: 0, refused: 0, deliberate: 0 };
  process.stdout.write(`   ${"set".padEnd(width)}  accepted  refused  refused on purpose\n`);
  for (const { set, counts } of sets) {
    const deliberate = Object.entries(counts).filter(([what]) => what.startsWith("refused by policy"));
    const reasons = deliberate.map(([what, count]) => `${count} ${what.replace("refused by policy ", "")}`).join(", ");
    const [accepted, refused] = [counts.accepted ?? 0, counts.refused ?? 0];
    sums.accepted += accepted;
    sums.refused += refused;
    sums.deliberate += deliberate.reduce((sum, [, count]) => sum + count, 0);
    process.stdout.write(
      `   ${set.padEnd(width)}  ${String(accepted).padStart(8)}  ${String(refused).padStart(7)}  ${reasons}\n`,
    );
  }
  const { accepted, refused, deliberate } = sums;
  process.stdout.write(
    `   ${accepted} accepted, ${refused} refused, ${deliberate} refused on purpose; a verdict other than the published one fails its test\n`,
  );
}
