import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const files = globSync(["packages/db/src/**/*.ts", "apps/web/src/**/*.{ts,tsx}"], { cwd: ROOT })
  .filter((file) => !/\/generated\/|\.test\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));

/** Files whose text fits, tests and generated ones left out. */
function filesWith(pattern: RegExp): string[] {
  return files
    .filter(({ text }) => pattern.test(text))
    .map(({ file }) => file)
    .sort();
}

test("this check sees the control plane's sources", () => {
  expect(files.length).toBeGreaterThan(100);
});

test("no statement is put together from text", () => {
  expect(filesWith(/RawUnsafe|Prisma\.raw\b|\bunsafe\(/)).toEqual([]);
});

test("a database client is opened in one place, and only tenancy and identity are given it", () => {
  expect(filesWith(/new PrismaClient\(/)).toEqual(["packages/db/src/client.ts"]);
  expect(filesWith(/\bopenClient\(/)).toEqual(["packages/db/src/client.ts", "packages/db/src/open-db.ts"]);
  expect(filesWith(/\bPrismaClient\b/).filter((file) => !file.startsWith("packages/db/src/identity/"))).toEqual([
    "packages/db/src/client.ts",
    "packages/db/src/tenancy.ts",
  ]);
});

test("a connection of another kind is made for migrations, for listening and for tests only", () => {
  expect(filesWith(/new pg\.(Client|Pool)\(/)).toEqual([
    "packages/db/src/events.ts",
    "packages/db/src/migrate/run-migrations.ts",
    "packages/db/src/testing/test-database.ts",
  ]);
});

test("the tenant of a transaction is set in one place", () => {
  expect(filesWith(/set_config\(/)).toEqual(["packages/db/src/tenancy.ts"]);
});
