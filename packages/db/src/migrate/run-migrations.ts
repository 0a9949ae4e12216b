import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { DbError } from "../errors.ts";
import { type Migration, readMigrations } from "./read-migrations.ts";
import { scramVerifier } from "./scram-verifier.ts";

/** What {@link runMigrations} needs. */
export interface MigrationOptions {
  /** The owner's address; servers never get it. */
  readonly url: string;
  readonly appPassword: string;
  readonly identityPassword: string;
  /** Where the migrations are; the repository's own by default. */
  readonly folder?: string;
}

const LOCK = "7308604758919643500";
const HISTORY = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id varchar(36) PRIMARY KEY,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;
/** Roles belong to the whole server: migrations of two databases may change one at the same moment. */
const ROLE_ATTEMPTS = 20;

/**
 * Brings the database up to date and gives its two login roles their passwords; safe to run again and by several at
 * once.
 *
 * Each migration is one transaction with the row that records it, in Prisma's own form, so that Prisma's command line
 * agrees about what was applied.
 *
 * @returns Names of the migrations that were applied now.
 * @throws {@link DbError} `DB_MIGRATION_CHANGED`, `DB_NEWER`
 */
export async function runMigrations(options: MigrationOptions): Promise<string[]> {
  const migrations = readMigrations(options.folder ?? repositoryFolder());
  const client = new pg.Client({ connectionString: options.url, application_name: "holdfast-migrate" });
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    await client.query("SET client_min_messages = warning");
    await client.query(HISTORY);
    const waiting = await findWaiting(client, migrations);
    for (const migration of waiting) await apply(client, migration);
    await setPassword(client, "holdfast_app", options.appPassword);
    await setPassword(client, "holdfast_identity", options.identityPassword);
    return waiting.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

function repositoryFolder(): string {
  return join(import.meta.dirname, "../../../../prisma/migrations");
}

async function findWaiting(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    "SELECT migration_name, checksum FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  for (const { name, checksum } of migrations) {
    const known = applied.get(name);
    if (known !== undefined && known !== checksum) {
      throw new DbError(
        "DB_MIGRATION_CHANGED",
        `The migration ${name} is not the one that was applied to this database.`,
        "Take the released migrations again; a change of the schema is a new migration.",
        { migration: name },
      );
    }
  }
  const unknown = [...applied.keys()].find((name) => !migrations.some((migration) => migration.name === name));
  if (unknown !== undefined) {
    throw new DbError(
      "DB_NEWER",
      "This database was made by a newer Holdfast.",
      "Start the newer version, or give this one a database of its own.",
      { migration: unknown },
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const values = [randomUUID(), checksum, name].map((value) => client.escapeLiteral(value)).join(", ");
  const record = `INSERT INTO public._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    VALUES (${values}, now(), 1)`;
  try {
    await client.query(`BEGIN;\n${sql}\n;${record};\nCOMMIT;`);
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function setPassword(client: pg.Client, role: string, password: string): Promise<void> {
  const verifier = client.escapeLiteral(scramVerifier(password));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`ALTER ROLE ${client.escapeIdentifier(role)} PASSWORD ${verifier}`);
      return;
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code === INSUFFICIENT_PRIVILEGE) return; // whoever made the role gave it its password
      if (code !== CONCURRENTLY_UPDATED || attempt === ROLE_ATTEMPTS) throw error;
      await pause(10 * attempt);
    }
  }
}

const INSUFFICIENT_PRIVILEGE = "42501";
const CONCURRENTLY_UPDATED = "XX000";
