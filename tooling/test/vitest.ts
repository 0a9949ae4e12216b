import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Counts } from "./counts.ts";
import { packageFile } from "./root.ts";
import { runNode } from "./run.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

/** Runs projects of vitest.config.ts and counts; a run that ends without a report counts as one failure. */
export async function runVitest(projects: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  const file = join(folder, "report.json");
  const words = [
    packageFile("vitest/vitest.mjs"),
    "run",
    ...projects.flatMap((name) => ["--project", name]),
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  ];
  const code = await runNode(words, env);
  try {
    return countsOf(JSON.parse(readFileSync(file, "utf8")) as VitestReport, code);
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsOf(report: VitestReport, code: number): Counts {
  const failed = report.numFailedTests;
  const unexplained = failed === 0 && (code !== 0 || !report.success) ? 1 : 0;
  return { passed: report.numPassedTests, failed: failed + unexplained, skipped: report.numPendingTests };
}
