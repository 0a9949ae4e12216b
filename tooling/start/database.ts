import { join } from "node:path";
import { type PostgresServer, startPostgres } from "../postgres/server.ts";
import type { StartOptions } from "./options.ts";
import type { SavedState } from "./saved-state.ts";
import { StartError } from "./start-error.ts";

/** Where the dashboard and the gateway find their data: one address per role, never the owner's. */
export interface Database {
  readonly appUrl: string;
  readonly identityUrl: string;
  /** The server that came with Holdfast; null when DATABASE_URL names another. */
  readonly server: PostgresServer | null;
}

/** Starts the embedded PostgreSQL, or uses DATABASE_URL, and brings the schema up to date. */
export async function openDatabase(options: StartOptions, state: SavedState): Promise<Database> {
  const server = options.databaseUrl ? null : await startEmbedded(options, state);
  const ownerUrl = options.databaseUrl ?? server?.ownerUrl ?? "";
  try {
    const { runMigrations } = await import("@holdfast/db");
    const { app, identity } = state.passwords;
    await runMigrations({ url: ownerUrl, appPassword: app, identityPassword: identity });
    return {
      appUrl: process.env.HOLDFAST_DATABASE_URL_APP ?? roleUrl(ownerUrl, "holdfast_app", app),
      identityUrl: process.env.HOLDFAST_DATABASE_URL_IDENTITY ?? roleUrl(ownerUrl, "holdfast_identity", identity),
      server,
    };
  } catch (error) {
    await server?.stop();
    if (!options.databaseUrl || error instanceof StartError) throw error;
    throw new StartError(
      `The database that DATABASE_URL names cannot be used: ${(error as Error).message}`,
      "It must be a PostgreSQL 15 or newer, and its role must own the database and may create roles.",
    );
  }
}

function startEmbedded(options: StartOptions, state: SavedState): Promise<PostgresServer> {
  return startPostgres({
    cluster: join(options.data, "postgres"),
    logFile: join(options.data, "logs/postgres.log"),
    ownerPassword: state.passwords.owner,
    durable: true,
  });
}

function roleUrl(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}
