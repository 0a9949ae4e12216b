import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.ts";

const ROW = "(id TEXT PRIMARY KEY, body BLOB NOT NULL, leaf INTEGER NOT NULL, mac BLOB NOT NULL) STRICT, WITHOUT ROWID";

/** Schema by version: entry N brings a store of version N to version N + 1. Released entries never change. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE setting ${ROW};
  CREATE TABLE roster_link ${ROW};
  CREATE TABLE key ${ROW};
  CREATE TABLE key_version ${ROW};
  CREATE TABLE client ${ROW};
  CREATE TABLE receipt ${ROW};
  CREATE TABLE scheduled ${ROW};
  CREATE TABLE leaf (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL, opens TEXT, state BLOB, receipt TEXT, envelope BLOB) STRICT;
  CREATE TABLE node (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;
  CREATE TABLE pending (hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE refusal (minute INTEGER NOT NULL, code TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (minute, code)) STRICT, WITHOUT ROWID;
  `,
  `CREATE TABLE introduction ${ROW};`,
  `CREATE TABLE kek ${ROW};`,
  // From here on a log keeps one level of nodes in four (custody-log/kept-nodes.ts): older programs would miss the others.
  "",
  `CREATE TABLE proposed_link ${ROW};`,
];

/**
 * What makes an empty file a store of `version`.
 *
 * @throws {@link StoreError} `E_STORE` when that version is a newer program's.
 */
export function migrationsTo(version: number): string {
  if (version > MIGRATIONS.length) {
    throw new StoreError("E_STORE", "The store was written by a newer version of this program.", {
      version,
      known: MIGRATIONS.length,
    });
  }
  return MIGRATIONS.slice(0, Math.max(version, 0)).join("");
}

/** Brings a store whose schema is known to be its version's to this program's, one transaction a version. */
export function migrate(database: DatabaseSync): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[next]} PRAGMA user_version = ${next + 1}; COMMIT;`);
  }
}
