import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTestDatabase, TEST_PASSWORDS, type TestDatabase } from "../testing/test-database.ts";
import { runMigrations } from "./run-migrations.ts";

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await makeTestDatabase({ migrate: false });
  folder = mkdtempSync(join(tmpdir(), "holdfast-migrations-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
}

const run = (path = folder) => runMigrations({ url: database.ownerUrl, folder: path, ...TEST_PASSWORDS });

describe("migrations", () => {
  test("of the repository apply once when two servers start at the same moment, and the passwords work", async () => {
    const own = await makeTestDatabase({ migrate: false });
    const both = await Promise.all([1, 2, 3].map(() => runMigrations({ url: own.ownerUrl, ...TEST_PASSWORDS })));
    const inRepository = readdirSync(join(import.meta.dirname, "../../../../prisma/migrations"), {
      withFileTypes: true,
    });
    const names = inRepository.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(both.flat().toSorted()).toEqual(names.toSorted());
    expect(await runMigrations({ url: own.ownerUrl, ...TEST_PASSWORDS })).toEqual([]);
    for (const url of [own.appUrl, own.identityUrl]) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.end();
    }
    await own.drop();
  });

  test("apply in the order of their names, recorded as Prisma records them", async () => {
    write("1_role", "SELECT 1");
    write("2_one", "CREATE TABLE one (a int); DO $$ BEGIN INSERT INTO one VALUES (1); END $$;");
    write("3_two", "INSERT INTO one VALUES (2)");
    expect(await run()).toEqual(["1_role", "2_one", "3_two"]);
    const recorded = await database.query(
      "SELECT migration_name, applied_steps_count, length(checksum) AS checksum, finished_at IS NOT NULL AS finished, rolled_back_at FROM _prisma_migrations ORDER BY 1",
    );
    expect(recorded).toEqual(
      ["1_role", "2_one", "3_two"].map((migration_name) => ({
        migration_name,
        applied_steps_count: 1,
        checksum: 64,
        finished: true,
        rolled_back_at: null,
      })),
    );
  });

  test("leave nothing of one that fails, and apply it once it is mended", async () => {
    write("4_broken", "INSERT INTO one VALUES (3); SELECT nonsense");
    await expect(run()).rejects.toThrow(/nonsense/);
    expect(await database.query("SELECT count(*)::int AS n FROM one")).toEqual([{ n: 2 }]);
    write("4_broken", "INSERT INTO one VALUES (3)");
    expect(await run()).toEqual(["4_broken"]);
  });

  test("refuse one that was changed after it was applied", async () => {
    write("2_one", "CREATE TABLE one (a bigint)");
    await expect(run()).rejects.toMatchObject({ code: "DB_MIGRATION_CHANGED", detail: { migration: "2_one" } });
  });

  test("refuse a database that a newer version made", async () => {
    const older = mkdtempSync(join(tmpdir(), "holdfast-migrations-"));
    mkdirSync(join(older, "1_role"));
    writeFileSync(join(older, "1_role", "migration.sql"), "SELECT 1");
    await expect(run(older)).rejects.toMatchObject({ code: "DB_NEWER" });
    rmSync(older, { recursive: true });
  });
});
