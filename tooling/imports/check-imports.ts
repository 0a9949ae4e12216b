import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { walls } from "../depcruise.config.mjs";

/** The checker passes while seeing nothing when it cannot read TypeScript, so fewer files than this is a failure. */
const FEWEST_MODULES = 250;
const FOLDERS = ["apps", "packages", "e2e", "tooling"];
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface ImportViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface ImportReport {
  /** Source files looked at, packages of others not counted. */
  readonly modules: number;
  readonly violations: readonly ImportViolation[];
  /** The reason of each rule, for the reader of a failure. */
  readonly reasons: ReadonlyMap<string, string>;
}

interface Module {
  source: string;
  dependencies: { resolved: string }[];
}

interface CruiseResult {
  modules: Module[];
  summary: {
    violations: { rule: { name: string }; from: string; to: string }[];
    ruleSetUsed: { forbidden: { name: string; comment?: string }[] };
  };
}

/**
 * Checks imports of a checkout against tooling/depcruise.config.mjs.
 *
 * @param from - Files or folders whose imports are followed, and theirs in turn; without it, everything.
 */
export function checkImports(root: string, from: readonly string[] = FOLDERS): ImportReport {
  const words = [
    join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs"),
    ...["--config", join(ROOT, "tooling/depcruise.config.mjs"), "--output-type", "json"],
    ...from,
  ];
  const run = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const result = JSON.parse(run.stdout) as CruiseResult;
  return {
    modules: result.modules.filter(({ source }) => FOLDERS.some((folder) => source.startsWith(`${folder}/`))).length,
    violations: [
      ...result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
      ...waysThroughWalls(result.modules),
    ],
    reasons: new Map(
      [...result.summary.ruleSetUsed.forbidden, ...walls].map(({ name, comment }) => [name, comment ?? ""]),
    ),
  };
}

/** Every module that reaches what it must not, with the way there. */
function waysThroughWalls(modules: readonly Module[]): ImportViolation[] {
  const importers = new Map<string, string[]>();
  for (const { source, dependencies } of modules)
    for (const { resolved } of dependencies) importers.set(resolved, [...(importers.get(resolved) ?? []), source]);
  return walls.flatMap(({ name, from, to }) => {
    const behind = modules.map(({ source }) => source).filter((source) => new RegExp(to.path).test(source));
    const next = new Map<string, string | null>(behind.map((source) => [source, null]));
    for (const reached of next.keys())
      for (const importer of importers.get(reached) ?? []) if (!next.has(importer)) next.set(importer, reached);
    const wayFrom = (source: string): string[] => {
      const step = next.get(source);
      return step ? [step, ...wayFrom(step)] : [];
    };
    return [...next.keys()]
      .filter((source) => new RegExp(from.path).test(source) && !new RegExp(from.pathNot).test(source))
      .map((source) => ({ rule: name, from: source, to: wayFrom(source).join(", which imports ") }));
  });
}

/** What is wrong, a line each; empty when nothing is. */
export function describeProblems({ modules, violations, reasons }: ImportReport): string[] {
  const problems = violations.map(
    ({ rule, from, to }) => `${from} imports ${to}\n    ${rule}: ${reasons.get(rule) ?? ""}`,
  );
  if (modules < FEWEST_MODULES) problems.push(`Only ${modules} modules were seen; at least ${FEWEST_MODULES} exist.`);
  return problems;
}

if (import.meta.main) {
  const report = checkImports(ROOT);
  const problems = describeProblems(report);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${report.modules} modules, ${problems.length} problems\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
