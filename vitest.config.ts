import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const SOURCES = ["packages", "apps", "tooling"];
const IGNORED = ["**/node_modules/**", "**/dist/**", "**/.next/**", "**/.holdfast/**"];
const tests = (name: string) => SOURCES.map((folder) => `${folder}/**/${name}`);

/** Five kinds of tests, told apart by file name; `npm run test:<kind>` runs one of them. */
export default defineConfig({
  test: {
    // Vitest would leave one core idle, which is half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "unit",
          include: tests("*.test.{ts,tsx}"),
          exclude: [...IGNORED, "**/*.integration.test.ts", "**/vectors.test.ts", "**/*.e2e.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: { name: "vectors", include: tests("vectors.test.ts"), exclude: IGNORED, testTimeout: 60_000 },
      },
      {
        test: {
          name: "integration",
          include: tests("*.integration.test.ts"),
          exclude: IGNORED,
          globalSetup: ["tooling/postgres/test-server.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "interop",
          include: ["e2e/interop/**/*.test.ts"],
          exclude: IGNORED,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.test.ts"],
          exclude: IGNORED,
          // Each file has a product and a browser of its own, which take two processors: side by side they gain nothing.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
