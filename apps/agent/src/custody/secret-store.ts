import type { DatabaseSync } from "node:sqlite";

/**
 * Where custody keeps its records: wrapped or sealed bytes by name.
 *
 * Names in use: `custody` (public identity and sealed root key), `aik`, `alk`, `hpke`, `ca`, `report` and `local`
 * (wrapped keys), `ca.2`, `ca.3` … (authorities that took over, wrapped).
 */
export interface SecretStore {
  findSecret(name: string): Uint8Array | null;
  /** Writes all entries in one transaction, or, inside the caller's transaction, with it. */
  putSecrets(entries: Readonly<Record<string, Uint8Array>>): void;
}

/** The `secret(name, wrapped)` table of the agent's SQLite store. */
export class SqliteSecretStore implements SecretStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  findSecret(name: string): Uint8Array | null {
    const row = this.#database.prepare("SELECT wrapped FROM secret WHERE name = ?").get(name);
    return row?.wrapped instanceof Uint8Array ? row.wrapped : null;
  }

  putSecrets(entries: Readonly<Record<string, Uint8Array>>): void {
    const put = this.#database.prepare(
      "INSERT INTO secret (name, wrapped) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET wrapped = excluded.wrapped",
    );
    // A savepoint nests in the caller's transaction and is one by itself outside of any.
    this.#database.exec("SAVEPOINT put_secrets");
    try {
      for (const [name, wrapped] of Object.entries(entries)) put.run(name, wrapped);
      this.#database.exec("RELEASE put_secrets");
    } catch (cause) {
      this.#database.exec("ROLLBACK TO put_secrets");
      this.#database.exec("RELEASE put_secrets");
      throw cause;
    }
  }
}
