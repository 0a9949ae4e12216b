import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "../start/prepare.ts";
import { ensureChromium } from "./chromium.ts";
import type { Counts } from "./counts.ts";
import { ensurePykmip } from "./pykmip.ts";
import { packageFile, ROOT } from "./root.ts";
import { ENDING, runNode } from "./run.ts";
import { ensureSoftHsm } from "./soft-hsm.ts";
import { ensureSshd } from "./sshd.ts";
import { VectorSummary } from "./vector-summary.ts";
import { runVitest } from "./vitest.ts";

/** One part of the tests. */
export interface Part {
  /** What it guards, in a line. */
  readonly what: string;
  readonly run: () => Promise<Counts>;
}

export type PartName = keyof typeof PARTS;

/** Every part, in the order in which `npm test` runs them: what fails fast comes first. */
export const PARTS = {
  types: { what: "every workspace under TypeScript", run: checkTypes },
  lint: {
    what: "form and lint rules",
    run: () => check(["@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]),
  },
  imports: { what: "who may import whom", run: () => oneCheck([join(ROOT, "tooling/imports/check-imports.ts")]) },
  knip: { what: "nothing unused, nothing undeclared", run: () => check(["knip/bin/knip.js", "--no-progress"]) },
  unit: { what: "units, properties, attacks", run: () => tested(["unit"]) },
  vectors: { what: "published and own vectors", run: checkVectors },
  integration: { what: "real PostgreSQL, real processes, real TLS", run: () => tested(["integration"]) },
  interop: { what: "other makers' clients and servers: PyKMIP, OpenSSH, and what products say", run: checkInterop },
  bundle: { what: "no key-holding code in the dashboard's build", run: checkBundle },
  e2e: { what: "the whole product in real Chromium", run: checkJourneys },
} as const satisfies Record<string, Part>;

async function makeSources(dev: boolean): Promise<void> {
  await prepare(ROOT, dev, { say: (text) => process.stdout.write(`   ${text}\n`), signal: ENDING });
}

/** Type-checks every workspace by itself, so that each compiles with its own libraries only. */
async function checkTypes(): Promise<Counts> {
  await makeSources(true);
  await runNode([packageFile("next/dist/bin/next"), "typegen", "apps/web"], { NEXT_TELEMETRY_DISABLED: "1" });
  const compiler = packageFile("typescript/bin/tsc");
  let [passed, failed] = [0, 0];
  for (const project of projects()) {
    if ((await runNode([compiler, "--project", project])) === 0) passed += 1;
    else failed += 1;
  }
  return { passed, failed, skipped: 0 };
}

function projects(): string[] {
  const below = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
  return [...below("packages"), ...below("apps"), "e2e", "tooling"].filter((path) =>
    existsSync(join(ROOT, path, "tsconfig.json")),
  );
}

function check([file = "", ...rest]: readonly string[]): Promise<Counts> {
  return oneCheck([packageFile(file), ...rest]);
}

async function oneCheck(words: readonly string[]): Promise<Counts> {
  const ok = (await runNode(words)) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

async function tested(projects_: readonly string[]): Promise<Counts> {
  await makeSources(true);
  if (projects_.includes("unit")) {
    const missing = await ensureSoftHsm();
    if (missing !== null) process.stdout.write(`   skipped: tests with tokens (${missing})\n`);
  }
  return runVitest(projects_);
}

async function checkVectors(): Promise<Counts> {
  await makeSources(true);
  const summary = new VectorSummary();
  return summary.end(await runVitest(["vectors"], summary.environment));
}

async function checkInterop(): Promise<Counts> {
  await makeSources(true);
  const python = await ensurePykmip();
  if (python === "") process.stdout.write("   skipped: no PyKMIP\n");
  const sshd = await ensureSshd();
  if (sshd === "") process.stdout.write("   skipped: no OpenSSH server\n");
  return runVitest(["interop"], { PYKMIP_PYTHON: python, SSHD_PATH: sshd });
}

async function checkBundle(): Promise<Counts> {
  await makeSources(false);
  return oneCheck([join(ROOT, "tooling/bundle/check-bundle.ts")]);
}

async function checkJourneys(): Promise<Counts> {
  await makeSources(false);
  const chromium = await ensureChromium();
  return runVitest(["e2e"], { CHROMIUM_PATH: chromium });
}
