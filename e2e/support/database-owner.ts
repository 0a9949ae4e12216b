import pg from "pg";
import { databaseOf, type Product } from "./product.ts";

/** What is done to some rows; `set` is null where they are taken away. */
export interface Alteration {
  readonly table: string;
  readonly where: string;
  readonly set: string | null;
}

/** Somebody who holds the control plane's database: reads and writes every row, past every rule of the application. */
export class DatabaseOwner {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async connect(product: Product): Promise<DatabaseOwner> {
    const { passwords, port } = databaseOf(product);
    const connectionString = `postgres://holdfast_owner:${passwords.owner}@127.0.0.1:${port}/holdfast`;
    const client = new pg.Client({ connectionString });
    await client.connect();
    return new DatabaseOwner(client);
  }

  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#client.query<Row>(sql, [...values])).rows;
  }

  /**
   * Alters rows for as long as `during` runs, and puts them back as they were. Nobody else writes to the table meanwhile:
   * a key server that finds its log shorter there would send the rest again.
   */
  async altered({ table, where, set }: Alteration, during: () => Promise<void>): Promise<void> {
    await this.query("set session_replication_role = replica");
    try {
      await this.#atOnce([
        `create function app.hold() returns trigger language plpgsql as $$ begin raise 'the owner writes here'; end $$`,
        `create trigger hold before insert or update or delete on app.${table} for each row execute function app.hold()`,
        `create temp table kept as select * from app.${table} where ${where}`,
        set === null ? `delete from app.${table} where ${where}` : `update app.${table} set ${set} where ${where}`,
      ]);
      await during();
    } finally {
      await this.#atOnce([
        `delete from app.${table} where ${where}`,
        `insert into app.${table} select * from kept`,
        "drop function if exists app.hold() cascade",
        "drop table kept",
      ]);
      await this.query("set session_replication_role = origin");
    }
  }

  async #atOnce(statements: readonly string[]): Promise<void> {
    try {
      await this.query(["begin", ...statements, "commit"].join(";\n"));
    } catch (error) {
      await this.query("rollback");
      throw error;
    }
  }

  /** Wakes whoever waits at the mailbox of an environment. */
  async wakeMailbox(tenantId: string, environmentId: string): Promise<void> {
    await this.query("select pg_notify('holdfast_mailbox', $1)", [JSON.stringify({ tenantId, environmentId })]);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
