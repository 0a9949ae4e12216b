import { type Db, openDb } from "@holdfast/db";
import { readEnvironment } from "./env.ts";

/** Kept outside the module, so that a reload in development does not open another. */
const place = globalThis as typeof globalThis & { holdfastDb?: Promise<Db> };

const SWEEP_MS = 600_000;

/** The database, opened once in a process. A failed opening is tried again by the next request. */
export function database(): Promise<Db> {
  place.holdfastDb ??= open().catch((error: unknown) => {
    delete place.holdfastDb;
    throw error;
  });
  return place.holdfastDb;
}

async function open(): Promise<Db> {
  const { appUrl, identityUrl } = readEnvironment();
  const db = await openDb({ appUrl, identityUrl });
  setInterval(() => void db.identity.sweep().catch(() => undefined), SWEEP_MS).unref();
  return db;
}
