import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../../..");
const SOURCE = /\.tsx?$/;
const NOT_SOURCE = /\.test\.tsx?$|(?:^|\/)(?:testing|generated|node_modules|dist)\//;
const PREFIXED = /["'`]((?:C|E|V|W|P|DB)_[A-Z][A-Z0-9_]{0,39}[A-Z0-9])["'`]/g;
const NAMED_UNION = /type \w*ErrorCode\s*=((?:\s*\|?\s*"[A-Z_]+")+)/g;

/** Where a code stands in the sources. */
export interface FoundCode {
  readonly code: string;
  readonly files: readonly string[];
}

/** Every error code that the sources of apps and packages name, with the files that do; tests and testkit left out. */
export function codesInSources(): readonly FoundCode[] {
  const found = new Map<string, Set<string>>();
  for (const top of ["apps", "packages"]) {
    for (const workspace of readdirSync(join(ROOT, top))) {
      if (workspace !== "testkit") collect(`${top}/${workspace}/src`, found);
    }
  }
  return [...found]
    .map(([code, files]) => ({ code, files: [...files].sort() }))
    .sort((one, other) => (one.code < other.code ? -1 : 1));
}

function collect(folder: string, found: Map<string, Set<string>>): void {
  for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
    if (!SOURCE.test(name) || NOT_SOURCE.test(name)) continue;
    const text = readFileSync(join(ROOT, folder, name), "utf8");
    for (const code of codesOf(text)) {
      const files = found.get(code) ?? new Set();
      files.add(`${folder}/${name}`);
      found.set(code, files);
    }
  }
}

function codesOf(text: string): string[] {
  const prefixed = [...text.matchAll(PREFIXED)].map(([, code = ""]) => code);
  const unions = [...text.matchAll(NAMED_UNION)].flatMap(([, union = ""]) => union.match(/[A-Z_]{2,}/g) ?? []);
  return [...prefixed, ...unions];
}

/** One row of docs/spec/errors.md. */
export interface DocumentedCode {
  readonly code: string;
  readonly meaning: string;
  readonly next: string;
}

/** The rows of docs/spec/errors.md. */
export function codesInDocument(): readonly DocumentedCode[] {
  const text = readFileSync(join(ROOT, "docs/spec/errors.md"), "utf8");
  return [...text.matchAll(/^\| `([A-Z_0-9]+)` \| (.*?) \| (.*?) \|$/gm)].map(
    ([, code = "", meaning = "", next = ""]) => ({
      code,
      meaning,
      next,
    }),
  );
}
