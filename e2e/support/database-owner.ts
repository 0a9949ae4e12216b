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

  /** Alters rows for as long as `during` runs, and puts them back as they were. */
  async altered({ table, where, set }: Alteration, during: () => Promise<void>): Promise<void> {
    await this.query("drop table if exists pg_temp.kept");
    await this.query(`create temp table kept as select * from app.${table} where ${where}`);
    await this.query("set session_replication_role = replica");
    try {
      await this.query(
        set === null ? `delete from app.${table} where ${where}` : `update app.${table} set ${set} where ${where}`,
      );
      await during();
    } finally {
      await this.query(`delete from app.${table} where ${where}`);
      await this.query(`insert into app.${table} select * from kept`);
      await this.query("set session_replication_role = origin");
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
