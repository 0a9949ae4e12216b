import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../test/root.ts";

const NUMBERS = "\\brows? (\\d+(?:(?:, | and )\\d+)*): ";

/** The rows that a test's title, or the title with those around it, says it proves. */
export function rowsOf(title: string): number[] {
  return [...title.matchAll(new RegExp(NUMBERS, "g"))].flatMap(([, numbers = ""]) =>
    numbers.split(/, | and /).map(Number),
  );
}

/** Test files with such titles, by path, each with the rows that it names. */
export function filesWithRows(): Map<string, number[]> {
  const skipped = (name: string) => ["node_modules", "dist", ".next"].includes(name);
  const files = ["packages", "apps", "e2e"].flatMap((folder) =>
    globSync(`${folder}/**/*.test.{ts,tsx}`, { cwd: ROOT, exclude: (path) => skipped(path.split("/").at(-1) ?? "") }),
  );
  const literal = new RegExp(`["\`]${NUMBERS.slice(2)}`, "g");
  const found = files.sort().map((file): [string, number[]] => {
    const titles = readFileSync(join(ROOT, file), "utf8").match(literal) ?? [];
    return [file, titles.flatMap(rowsOf)];
  });
  return new Map(found.filter(([, rows]) => rows.length > 0));
}

/** Which of vitest.config.ts's projects a test file is in. */
export function projectOf(file: string): "unit" | "integration" | "interop" | "e2e" {
  if (file.startsWith("e2e/interop/")) return "interop";
  if (file.endsWith(".e2e.test.ts")) return "e2e";
  return file.endsWith(".integration.test.ts") ? "integration" : "unit";
}
