import { randomBytes } from "node:crypto";
import pg from "pg";
import { runMigrations } from "../migrate/run-migrations.ts";

/** A migrated database of a test's own. */
export interface TestDatabase {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly identityUrl: string;
  /** Asks as the owner, past row-level security only where the owner is a superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** One password for all tests: roles belong to the server, and their tests run at the same time. */
const PASSWORD = "only-for-tests";

/** Makes a database in the server of the tests (`HOLDFAST_TEST_DATABASE_URL`). */
export async function makeTestDatabase(options: { readonly migrate?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = process.env.HOLDFAST_TEST_DATABASE_URL ?? "";
  const name = `t_${randomBytes(8).toString("hex")}`;
  await askOnce(serverUrl, `CREATE DATABASE ${name}`);
  const address = (role?: string) => {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    if (role) Object.assign(url, { username: role, password: PASSWORD });
    return url.href;
  };
  const ownerUrl = address();
  if (options.migrate !== false) await runMigrations({ url: ownerUrl, ...TEST_PASSWORDS });
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  pool.on("error", () => undefined);
  return {
    ownerUrl,
    appUrl: address("holdfast_app"),
    identityUrl: address("holdfast_identity"),
    query: async (sql, values) => (await pool.query(sql, values ? [...values] : undefined)).rows,
    drop: async () => {
      await pool.end();
      await askOnce(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** What tests give to {@link runMigrations}. */
export const TEST_PASSWORDS = { appPassword: PASSWORD, identityPassword: PASSWORD } as const;

async function askOnce(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
