import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteStore } from "./sqlite-store.ts";
import { FailingDisk } from "./testing/failing-disk.ts";

const REFUSED = expect.objectContaining({ code: "E_STORE" });
const row = (id: string) => ({ id, body: Buffer.alloc(6_000, id), leaf: 0, mac: Buffer.from("mac") });

let folder: string;
let path: string;
let store: SqliteStore;
let disk: FailingDisk;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-wal-"));
  path = join(folder, "agent.db");
  store = SqliteStore.open(path);
  store.dropRemoved();
  store.transact(() => store.putRow("key", row("k_1")));
  disk = new FailingDisk(path);
});
afterEach(() => {
  disk.mend();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (id: string) => store.transactUnsynced(() => store.putRow("key", row(id)));
/** The store's files elsewhere, as a start after a kill finds them. */
function copied(name: string): string {
  const copy = join(folder, name);
  mkdirSync(copy);
  for (const file of ["agent.db", "agent.db-wal"]) copyFileSync(join(folder, file), join(copy, file));
  return copy;
}
const ids = (of: SqliteStore) => [...of.rows("key")].map(({ id }) => id);

test("of two waits for the disk at once neither counts when one of them failed, until all is written again", async () => {
  disk.fail(3); // the first wait, and writing again twice
  put("k_2");
  const first = store.syncLater();
  put("k_3");
  const second = store.syncLater();
  await expect(first).rejects.toEqual(REFUSED);
  expect(disk.whole).toBe(false);
  await second;
  expect([disk.whole, store.disk]).toEqual([true, { failures: 1, doubtful: false }]);
});

test("a start has what it reads on the disk before it goes on, though the process before was told of a failure", () => {
  put("k_2");
  disk.mend();
  const copy = copied("killed");
  disk = new FailingDisk(join(copy, "agent.db"));
  disk.loseAll();
  const again = SqliteStore.open(join(copy, "agent.db"));
  expect([ids(again), disk.whole]).toEqual([["k_1", "k_2"], true]);
  again.close();
});

test("what the kernel lost as well is never moved into the database: the store stays closed, and the next start goes back to what is whole", () => {
  disk.fail(3);
  put("k_2");
  expect(() => store.sync()).toThrow(REFUSED);
  disk.evict();
  expect(() => store.sync()).toThrow(REFUSED);
  const database = readFileSync(path);
  expect(() => put("k_3")).toThrow(REFUSED);
  expect(() => store.transact(() => store.putRow("key", row("k_3")))).toThrow(REFUSED);
  expect(() => store.dropRemoved()).toThrow(REFUSED);
  store.close();
  expect(readFileSync(path).equals(database)).toBe(true);
  const copy = copied("restarted"); // as another process has it: this one's reader stays to its end
  const again = SqliteStore.open(join(copy, "agent.db"));
  expect(ids(again)).toEqual(["k_1"]);
  again.transact(() => again.putRow("key", row("k_4")));
  again.close();
});
