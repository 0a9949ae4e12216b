import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteStore } from "./sqlite-store.ts";
import { FailingDisk } from "./testing/failing-disk.ts";

const REFUSED = expect.objectContaining({ code: "E_STORE" });
const row = (id: string) => ({ id, body: Buffer.alloc(6_000, id), leaf: 0, mac: Buffer.from("mac") });

let folder: string;
let path: string;
let store: SqliteStore;
let disk: FailingDisk;
let clock: FakeClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-wal-"));
  path = join(folder, "agent.db");
  clock = new FakeClock();
  store = SqliteStore.open(path, clock);
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
  await expect(second).rejects.toEqual(REFUSED);
  clock.advance(1);
  store.sync();
  expect([disk.whole, store.disk]).toEqual([true, { failures: 1, failedAt: clock.now() - 1, doubtfulSince: null }]);
});

test("a disk that goes on failing is tried again after a second, then after twice as long each time, up to a minute, whatever is asked meanwhile", () => {
  disk.fail(10_000);
  put("k_2");
  const tries: number[] = [];
  for (let second = 0; second < 600; second += 1) {
    const before = disk.asked;
    for (let n = 0; n < 20; n += 1) expect(() => store.sync()).toThrow(REFUSED);
    if (disk.asked > before) tries.push(second);
    clock.advance(1);
  }
  expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423, 483, 543]);
  disk.fail(0);
  clock.advance(60);
  store.sync();
  expect([disk.whole, store.disk.doubtfulSince]).toEqual([true, null]);
  disk.fail(3);
  put("k_3");
  expect(() => store.sync()).toThrow(REFUSED);
  clock.advance(1); // it begins with a second again
  store.sync();
  expect(disk.whole).toBe(true);
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
