import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A string that only key-holding code contains, and what it would mean to find it. */
export interface ForbiddenString {
  readonly text: string;
  readonly why: string;
}

/** What was looked at and what was found. */
export interface BundleReport {
  /** Files whose text was searched: what the browser gets, and what the server runs of ours. */
  readonly files: number;
  /** Lists of files that the build says it needs at run time. */
  readonly traces: number;
  readonly problems: readonly string[];
}

const KEY_HOLDING =
  /(^|\/)(packages\/crypto|apps\/agent|node_modules\/(@holdfast\/(crypto|agent)|webcrypto-core|@hpke))\//;
/** Fewer than this means that the build was not where it was looked for. */
const FEWEST_FILES = 20;

/** Searches a build of the dashboard for anything that could hold or use a customer's key. */
export function checkBundle(build: string, forbidden: readonly ForbiddenString[]): BundleReport {
  const problems: string[] = [];
  let [files, traces] = [0, 0];
  for (const file of filesBelow(build)) {
    const name = relative(build, file);
    if (file.endsWith(".nft.json")) {
      traces += 1;
      const { files: traced } = JSON.parse(readFileSync(file, "utf8")) as { files: string[] };
      for (const each of traced) if (KEY_HOLDING.test(each)) problems.push(`${name} needs ${each}`);
    } else if (/^(static|server)\/.*\.(js|mjs|css|html|rsc|wasm)$/.test(name)) {
      files += 1;
      const text = readFileSync(file, "latin1");
      for (const { text: word, why } of forbidden)
        if (text.includes(word)) problems.push(`${name} contains "${word}": ${why}`);
    }
  }
  if (files < FEWEST_FILES || traces === 0)
    problems.push(`Only ${files} files and ${traces} traces were seen: build the dashboard first.`);
  return { files, traces, problems };
}

function* filesBelow(folder: string): Iterable<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "cache" && entry.name !== "dev") yield* filesBelow(path);
    } else if (entry.isFile()) yield path;
  }
}

if (import.meta.main) {
  const build = fileURLToPath(new URL("../../apps/web/.next", import.meta.url));
  const list = fileURLToPath(new URL("./forbidden-strings.json", import.meta.url));
  const report = checkBundle(build, JSON.parse(readFileSync(list, "utf8")) as ForbiddenString[]);
  for (const problem of report.problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    `${report.files} files and ${report.traces} traces searched, ${report.problems.length} problems\n`,
  );
  process.exitCode = report.problems.length === 0 ? 0 : 1;
}
