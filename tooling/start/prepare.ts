import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildContext, type BuildStep, runBuildStep } from "./build-step.ts";
import { waitForLock } from "./instance-lock.ts";

const LOCKFILE = "package-lock.json";
const BUILD_TIMEOUT_MS = 600_000;

/** Makes what running needs: the database client, the approval page and, unless `dev`, the dashboard. */
export async function prepare(root: string, dev: boolean, context: BuildContext): Promise<void> {
  const cache = join(root, "node_modules/.cache/holdfast");
  mkdirSync(cache, { recursive: true });
  const release = await waitForLock(join(cache, "build.lock"), BUILD_TIMEOUT_MS);
  try {
    await runBuildStep(root, databaseClient(root, cache), context);
    await runBuildStep(root, approvalPage(root), context);
    if (!dev) await runBuildStep(root, dashboard(root), context);
  } finally {
    release();
  }
}

/** `prisma generate` wants a schema engine to be there, which it would download, but never runs it. */
function databaseClient(root: string, cache: string): BuildStep {
  const standIn = join(cache, "schema-engine");
  writeFileSync(standIn, "#!/bin/sh\nexit 0\n");
  chmodSync(standIn, 0o755);
  return {
    name: "database client",
    inputs: ["prisma/schema.prisma", "prisma/models", "prisma.config.ts", LOCKFILE],
    output: join(root, "packages/db/src/generated"),
    words: [join(root, "node_modules/prisma/build/index.js"), "generate"],
    cwd: root,
    env: { PRISMA_SCHEMA_ENGINE_BINARY: standIn, CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" },
  };
}

function approvalPage(root: string): BuildStep {
  return {
    name: "approval page",
    inputs: ["apps/approve", "packages/protocol/src", LOCKFILE],
    output: join(root, "apps/approve/dist/hosted.html"),
    words: ["build.mjs"],
    cwd: join(root, "apps/approve"),
  };
}

function dashboard(root: string): BuildStep {
  const packages = ["protocol", "tlog", "custody-report", "db", "notices"].map((name) => `packages/${name}`);
  return {
    name: "dashboard",
    inputs: ["apps/web", ...packages, "prisma", LOCKFILE, "tsconfig.base.json"],
    output: join(root, "apps/web/.next/BUILD_ID"),
    words: [join(root, "node_modules/next/dist/bin/next"), "build"],
    cwd: join(root, "apps/web"),
    env: { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
  };
}
