import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.ts";
import { migrationsTo } from "./schema.ts";

/** How long a second process may hold the file before we give up, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** As statements name it: the one name of the schema's table that nothing in a file can take. */
const SCHEMA = "SELECT type, name, tbl_name, sql FROM main.sqlite_master";

/**
 * Opens a store's file and holds its schema against this program's, before anything of it is read or written.
 *
 * A trigger that came into the file afterwards ends the statement that would run it.
 *
 * @throws {@link StoreError} `E_STORE_FORM` for a schema that this program did not make; `E_STORE` for one that is newer
 */
export function openDatabase(path: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  const { readOnly = false } = options;
  const limits = { triggerDepth: 0 };
  const database = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS, defensive: true, limits });
  try {
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    checkForm(database);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function checkForm(database: DatabaseSync): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  const expected = schemaOf(version);
  const found = schemaIn(database);
  const foreign = [...found].filter(([row]) => !expected.has(row)).map(([, name]) => name);
  const missing = [...expected].filter(([row]) => !found.has(row)).map(([, name]) => name);
  const odd = new Set([...foreign, ...missing]).size;
  if (odd > 0) throw new StoreError("E_STORE_FORM", undefined, { objects: odd });
}

const schemas = new Map<number, Map<string, string>>();

/** What a store of a version holds, as SQLite writes it down when this program makes one. */
function schemaOf(version: number): Map<string, string> {
  const known = schemas.get(version);
  if (known !== undefined) return known;
  const made = makeSchema(version);
  schemas.set(version, made);
  return made;
}

function makeSchema(version: number): Map<string, string> {
  const model = new DatabaseSync(":memory:");
  try {
    model.exec(migrationsTo(version));
    return schemaIn(model);
  } finally {
    model.close();
  }
}

/** Each object of the schema, whole, with its name. */
function schemaIn(database: DatabaseSync): Map<string, string> {
  const rows = database.prepare(SCHEMA).all();
  return new Map(rows.map((row) => [JSON.stringify([row.type, row.name, row.tbl_name, row.sql]), String(row.name)]));
}
