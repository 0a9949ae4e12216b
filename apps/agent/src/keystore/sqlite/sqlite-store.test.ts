import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SqliteStore } from "./sqlite-store.ts";

const TRIGGER = "CREATE TRIGGER t AFTER INSERT ON leaf BEGIN DELETE FROM key; END";
const ROW = "(id TEXT PRIMARY KEY, body BLOB NOT NULL, leaf INTEGER NOT NULL, mac BLOB NOT NULL) STRICT, WITHOUT ROWID";
const KEY = { id: "k_1", body: Buffer.from("body"), leaf: 0, mac: Buffer.from("mac") };
const LEAF = { n: 0, bytes: Buffer.from("leaf"), opens: null, state: null, receipt: null, envelope: null };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  path = join(folder, "agent.db");
  SqliteStore.open(path).close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function edit(sql: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

const read = (sql: string) => {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};

describe("a store is refused, and its file stays as it is, when somebody", () => {
  test.each([
    ["planted a trigger", TRIGGER],
    ["planted a view", "CREATE VIEW v AS SELECT * FROM key"],
    ["added a table", "CREATE TABLE more (x)"],
    ["added an index", "CREATE INDEX i ON key (upper(id))"],
    ["added a column", "ALTER TABLE pending ADD COLUMN x TEXT"],
    ["took a table away", "DROP TABLE refusal"],
    ["put a view in a table's place", "DROP TABLE kek; CREATE VIEW kek AS SELECT id, body, leaf, mac FROM key"],
    ["lowered its version", "PRAGMA user_version = 1"],
    [
      "planted a trigger in a store of an earlier version",
      `DROP TABLE proposed_link; DROP TABLE kek; PRAGMA user_version = 2; ${TRIGGER}`,
    ],
  ])("%s", (_, sql) => {
    edit(sql);
    const before = readFileSync(path);
    expect(() => SqliteStore.open(path)).toThrow(
      expect.objectContaining({ code: "E_STORE_FORM", next: expect.stringContaining("restore a backup") }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

test("a store of an earlier version, as it was made, opens and is brought to this one", () => {
  edit("DROP TABLE proposed_link; DROP TABLE kek; DROP TABLE introduction; PRAGMA user_version = 1");
  SqliteStore.open(path).close();
  expect(read("PRAGMA user_version")).toEqual([{ user_version: 5 }]);
  expect(read("SELECT sql FROM sqlite_master WHERE name = 'kek'")).toEqual([{ sql: `CREATE TABLE kek ${ROW}` }]);
});

test("a trigger planted while the store is open never runs: the change is refused, and no copy is made of it", async () => {
  const store = SqliteStore.open(path);
  try {
    store.transact(() => store.putRow("key", KEY));
    edit(TRIGGER);
    expect(() => store.transact(() => store.putLeaf(LEAF))).toThrow(expect.objectContaining({ code: "E_STORE" }));
    expect(store.rowCount("key")).toBe(1);
    const copy = join(folder, "copy.db");
    await expect(store.copyInto(copy)).rejects.toMatchObject({ code: "E_STORE_FORM" });
    expect(existsSync(copy)).toBe(false);
  } finally {
    store.close();
  }
});
