import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestResult } from "../hostile/table.ts";
import type { Counts } from "./counts.ts";
import { packageFile } from "./root.ts";
import { runNode } from "./run.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly assertionResults: readonly TestResult[] }[];
}

/** What the tests of this process's runs found, for the table of attacks at the end. */
export const RESULTS: { readonly projects: string[]; readonly tests: TestResult[] } = { projects: [], tests: [] };

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

function countsOf(report: VitestReport, code: number): Counts {
  const failed = report.numFailedTests;
  const unexplained = failed === 0 && (code !== 0 || !report.success) ? 1 : 0;
  return { passed: report.numPassedTests, failed: failed + unexplained, skipped: report.numPendingTests };
}
