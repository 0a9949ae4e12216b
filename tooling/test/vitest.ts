import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestResult } from "../hostile/table.ts";
import type { Counts } from "./counts.ts";
import { packageFile, ROOT } from "./root.ts";
import { runNode } from "./run.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  /** Why the file itself failed; empty where its tests did. */
  readonly message: string;
  readonly assertionResults: readonly (TestResult & { readonly failureMessages: readonly string[] })[];
}

/** What the tests of this process's runs found: for the table of attacks, and the failures by name, at the end. */
export const RESULTS = { projects: [] as string[], tests: [] as TestResult[], failures: [] as string[] };

/** What to run of the projects, and with which environment. */
export interface VitestOptions {
  /** Paths of test files; all of the projects without any. */
  readonly files?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs projects of vitest.config.ts and counts; a run that ends without a report counts as one failure. */
export async function runVitest(projects: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const { report, code } = await vitestReport(projects, { env });
  RESULTS.projects.push(...projects);
  RESULTS.tests.push(...(report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults));
  RESULTS.failures.push(...(report?.testResults ?? []).flatMap(failuresOf));
  return report === null ? { passed: 0, failed: 1, skipped: 0 } : countsOf(report, code);
}

/** Runs projects of vitest.config.ts; the report is null where the run ended without one. */
export async function vitestReport(
  projects: readonly string[],
  { files = [], env = {} }: VitestOptions,
): Promise<{ report: VitestReport | null; code: number }> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  const file = join(folder, "report.json");
  const words = [
    packageFile("vitest/vitest.mjs"),
    "run",
    ...projects.flatMap((name) => ["--project", name]),
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    ...files,
  ];
  const code = await runNode(words, env);
  try {
    return { report: JSON.parse(readFileSync(file, "utf8")) as VitestReport, code };
  } catch {
    return { report: null, code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function failuresOf({ name, status, message, assertionResults }: FileReport): string[] {
  const tests = assertionResults.filter((test) => test.status === "failed");
  if (status === "failed" && tests.length === 0) return [failure(relative(ROOT, name), message)];
  return tests.map(({ fullName, failureMessages: [why = ""] }) => failure(fullName, why));
}

function failure(name: string, why: string): string {
  return `  ${name}\n    ${why.split("\n")[0]}`;
}

function countsOf(report: VitestReport, code: number): Counts {
  const failed = report.numFailedTests;
  const unexplained = failed === 0 && (code !== 0 || !report.success) ? 1 : 0;
  return { passed: report.numPassedTests, failed: failed + unexplained, skipped: report.numPendingTests };
}
