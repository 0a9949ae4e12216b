import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import { backup, DatabaseSync, type StatementSync } from "node:sqlite";
import { type Clock, systemClock } from "../../self-check/clock.ts";
import { bytesText, FULL_BYTES, freeBytesAt, saysFull } from "../disk-space.ts";
import { StoreError } from "../errors.ts";
import type { DiskState, LogRows, RowTable, Store, StoredLeaf, StoredPending, StoredRow } from "../store.ts";
import { logRowsOf } from "./log-rows.ts";
import { openDatabase } from "./open-database.ts";
import { migrate } from "./schema.ts";
import { WalFile } from "./wal-file.ts";

const TABLES: readonly RowTable[] = [
  "key",
  "key_version",
  "client",
  "receipt",
  "roster_link",
  "setting",
  "scheduled",
  "introduction",
  "kek",
  "proposed_link",
];

/** Pages that a copy takes before others have their turn: 2 MiB. */
const PAGES_AT_ONCE = 512;

interface RowStatements {
  readonly all: StatementSync;
  readonly after: StatementSync;
  readonly find: StatementSync;
  readonly put: StatementSync;
  readonly remove: StatementSync;
}

/** The agent's store in one SQLite file: WAL, every commit synced, removed bytes overwritten. */
export class SqliteStore implements Store {
  /** For custody's `secret` table and for making copies; nobody else writes through it. */
  readonly database: DatabaseSync;
  readonly path: string;
  readonly #log: LogRows;
  readonly #rows = new Map<RowTable, RowStatements>();
  readonly #statements = new Map<string, StatementSync>();
  readonly #wal: WalFile;

  private constructor(database: DatabaseSync, path: string, clock: Clock) {
    this.database = database;
    this.path = path;
    this.#log = logRowsOf(database);
    this.#wal = new WalFile(path, clock, (work) => this.#alone(work));
    for (const table of TABLES) {
      this.#rows.set(table, {
        all: database.prepare(`SELECT id, body, leaf, mac FROM ${table} ORDER BY id`),
        after: database.prepare(`SELECT id, body, leaf, mac FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`),
        find: database.prepare(`SELECT id, body, leaf, mac FROM ${table} WHERE id = ?`),
        put: database.prepare(
          `INSERT INTO ${table} (id, body, leaf, mac) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET body = excluded.body, leaf = excluded.leaf, mac = excluded.mac`,
        ),
        remove: database.prepare(`DELETE FROM ${table} WHERE id = ?`),
      });
    }
  }

  /**
   * Opens or makes the store at `path`.
   *
   * @throws {@link StoreError} `E_STORE` when the file cannot be opened, is no store, or is of a newer version;
   *   `E_STORE_FORM` when its schema is not this program's, before anything is written.
   */
  static open(path: string, clock: Clock = systemClock): SqliteStore {
    try {
      const database = openDatabase(path);
      chmodSync(path, 0o600);
      database.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
      );
      migrate(database);
      const store = new SqliteStore(database, path, clock);
      // What is read here may be in the kernel's memory alone: the process before may have ended over a failing disk.
      store.#wal.rewrite();
      return store;
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError("E_STORE", "The store cannot be opened.");
    }
  }

  /**
   * Copies the store as it is at this call into the file at `path`, whatever is written meanwhile; nobody waits for it.
   *
   * Removed bytes are overwritten in the store, so the copy has none of them either.
   *
   * @throws {@link StoreError} `E_STORE_FORM` when somebody changed the schema while the store was open
   */
  async copyInto(path: string): Promise<void> {
    this.#guard(() => this.#wal.makeSure());
    // Its open read transaction keeps the state of this moment, however long the copy takes.
    const reader = openDatabase(this.path, { readOnly: true });
    try {
      reader.exec("BEGIN");
      reader.prepare("SELECT count(*) FROM sqlite_schema").get();
      await backup(reader, path, { rate: PAGES_AT_ONCE });
    } finally {
      reader.close();
    }
    const copy = openDatabase(path);
    try {
      copy.exec("PRAGMA journal_mode = DELETE");
    } finally {
      copy.close();
    }
  }

  close(): void {
    if (!this.database.isOpen) return;
    try {
      this.#wal.makeSure();
    } catch {
      this.#keepWal();
    }
    this.#wal.close();
    this.database.close();
  }

  transact<T>(work: () => T): T {
    this.#guard(() => {
      this.#wal.makeSure();
      this.database.exec("BEGIN IMMEDIATE");
    });
    let result: T;
    try {
      result = work();
      this.#guard(() => this.#commit());
    } catch (cause) {
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      throw cause;
    }
    return result;
  }

  /** SQLite leaves the write-ahead log unsynced; what a power cut takes of it then is whole transactions, the newest ones. */
  transactUnsynced<T>(work: () => T): T {
    this.#guard(() => {
      this.#wal.open();
      this.database.exec("PRAGMA synchronous = NORMAL");
    });
    try {
      return this.transact(work);
    } finally {
      this.database.exec("PRAGMA synchronous = FULL");
    }
  }

  sync(): void {
    this.#guard(() => this.#wal.sync());
  }

  async syncLater(): Promise<void> {
    try {
      await this.#wal.syncLater();
    } catch (cause) {
      throw this.#refusal(cause);
    }
  }

  get disk(): DiskState {
    return this.#wal.disk;
  }

  rows(table: RowTable): Iterable<StoredRow> {
    return this.#of(table).all.iterate() as unknown as Iterable<StoredRow>;
  }

  rowsAfter(table: RowTable, id: string, limit: number): StoredRow[] {
    return this.#of(table).after.all(id, limit) as unknown as StoredRow[];
  }

  rowCount(table: RowTable): number {
    return Number(this.#sql(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  }

  findRow(table: RowTable, id: string): StoredRow | null {
    return (this.#of(table).find.get(id) as StoredRow | undefined) ?? null;
  }

  putRow(table: RowTable, { id, body, leaf, mac }: StoredRow): void {
    this.#guard(() => this.#of(table).put.run(id, body, leaf, mac));
  }

  removeRow(table: RowTable, id: string): void {
    this.#guard(() => this.#of(table).remove.run(id));
  }

  dropRemoved(): void {
    this.#guard(() => {
      this.#wal.makeSure();
      this.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    });
  }

  leaves(from: number, limit: number): StoredLeaf[] {
    return this.#log.leaves(from, limit);
  }

  leafBytes(): Iterable<Pick<StoredLeaf, "n" | "bytes">> {
    return this.#log.leafBytes();
  }

  putLeaf({ n, bytes, opens, state, receipt, envelope }: StoredLeaf): void {
    const sql = "INSERT INTO leaf (n, bytes, opens, state, receipt, envelope) VALUES (?, ?, ?, ?, ?, ?)";
    this.#guard(() => this.#sql(sql).run(n, bytes, opens, state, receipt, envelope));
  }

  findNode(level: number, index: number): Uint8Array | null {
    return this.#log.findNode(level, index);
  }

  putNode(level: number, index: number, hash: Uint8Array): void {
    this.#guard(() => this.#sql("INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)").run(level, index, hash));
  }

  pending(): StoredPending[] {
    return this.#sql("SELECT hash, body FROM pending").all() as unknown as StoredPending[];
  }

  putPending({ hash, body }: StoredPending): void {
    const sql = "INSERT INTO pending (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET body = excluded.body";
    this.#guard(() => this.#sql(sql).run(hash, body));
  }

  removePending(hash: string): void {
    this.#guard(() => this.#sql("DELETE FROM pending WHERE hash = ?").run(hash));
  }

  countRefusals(
    counts: readonly { readonly code: string; readonly minute: number; readonly count: number }[],
    keepFrom: number,
  ): void {
    const add = this.#sql(
      "INSERT INTO refusal (minute, code, count) VALUES (?, ?, ?) ON CONFLICT (minute, code) DO UPDATE SET count = count + excluded.count",
    );
    this.transact(() => {
      for (const { minute, code, count } of counts) add.run(minute, code, count);
      this.#sql("DELETE FROM refusal WHERE minute < ?").run(keepFrom);
    });
  }

  refusals(): { readonly code: string; readonly minute: number; readonly count: number }[] {
    return this.#sql("SELECT minute, code, count FROM refusal ORDER BY minute, code").all() as unknown as {
      code: string;
      minute: number;
      count: number;
    }[];
  }

  /** SQLite takes back what it could not commit; whether what it wrote before is durable, nobody knows then. */
  #commit(): void {
    try {
      this.database.exec("COMMIT");
    } catch (cause) {
      this.#wal.doubt();
      throw cause;
    }
  }

  #alone(work: () => void): void {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      work();
    } finally {
      this.database.exec("ROLLBACK");
    }
    try {
      this.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // SQLite's own descriptor had the failure still to tell, and has told it.
    }
  }

  /**
   * Has SQLite leave the write-ahead log as it is when it closes: it would move what the disk lost into the database. A
   * reader that stays to the end of the process keeps it from that, and the next start judges the log.
   */
  #keepWal(): void {
    try {
      new DatabaseSync(this.path, { readOnly: true }).exec("SELECT count(*) FROM sqlite_schema");
    } catch {
      // It need not be readable: the reader is there.
    }
  }

  #of(table: RowTable): RowStatements {
    return this.#rows.get(table) as RowStatements;
  }

  #sql(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Disk full, input/output errors and a busy file become one code; the cause stays in the process. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.#refusal(cause);
    }
  }

  /** The refusal for what the disk or SQLite did not do; a full disk is told as one. */
  #refusal(cause: unknown): StoreError {
    const free = freeBytesAt(dirname(this.path));
    const isFull = saysFull(cause) || (free !== null && free < FULL_BYTES);
    const refusal = isFull ? fullDiskError(free) : new StoreError("E_STORE");
    return Object.assign(refusal, { cause });
  }
}

function fullDiskError(free: number | null): StoreError {
  const left = free === null ? "" : ` (${bytesText(free)} are free)`;
  return new StoreError(
    "E_STORE",
    `The disk has no room for the store${left}: it did not confirm the change, and nothing was handed out for it.`,
    free === null ? {} : { free },
    "Make room on the disk of the data folder. Look whether the change stands, then try again: docs/operate/failing-disk.md.",
  );
}
