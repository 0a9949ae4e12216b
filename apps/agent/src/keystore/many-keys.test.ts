import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { KeyReader } from "./key-reader.ts";
import { KeyRecords } from "./key-records.ts";
import { loadKeystore } from "./load-keystore.ts";
import type { KeyRecord } from "./records.ts";
import { sealRow } from "./row.ts";

let domain: TestDomain;
beforeEach(async () => {
  domain = await openTestDomain();
});
afterEach(() => domain.close());

const reload = () => {
  const { store, keys, tid, index } = domain;
  return loadKeystore({ store, root: keys.root, tid, index });
};
const sql = (text: string, ...values: string[]) => domain.store.database.prepare(text).run(...values);

test("a record that is no longer in memory is read again and is the same", () => {
  const key = domain.createKey();
  const records = new KeyRecords();
  records.put(key);
  for (let n = 0; n < 270_000; n += 1) records.put({ ...key, id: `k_${n}` });
  expect([records.find(key.id), records.complete]).toEqual([undefined, false]);
  expect(reload().findKey(key.id)).toEqual(domain.keystore.findKey(key.id));
});

test("a record that is asked for stays while others come and go, and one that is not to be believed always", () => {
  const records = new KeyRecords();
  const record = (id: string, locked: KeyRecord["locked"] = null) => ({ id, locked }) as KeyRecord;
  records.put(record("asked"));
  records.put(record("locked", "E_STATE_MAC"));
  for (let n = 0; n < 400_000; n += 1) {
    records.put(record(`k_${n}`));
    if (n % 10_000 === 0) expect(records.find("asked")).toBeDefined();
  }
  expect(records.find("locked")?.locked).toBe("E_STATE_MAC");
});

test("wrapped material that was changed locks its key, at the start and before its first use, and the rest serves", () => {
  const [kept, changed] = [domain.createKey({ label: "kept" }), domain.createKey({ label: "changed" })];
  const before = reload();
  sql("UPDATE key_version SET mac = zeroblob(32) WHERE id = ?", `${changed.id}/1`);
  const told: string[] = [];
  before.onLocked(({ id, code }) => told.push(`${id} ${code}`));
  expect(() => before.handle(changed.id, 1)).toThrow(expect.objectContaining({ code: "E_STATE_MAC" }));
  expect(told).toEqual([`${changed.id} E_STATE_MAC`]);
  for (const keystore of [before, reload()]) {
    expect(keystore.lockedObjects()).toEqual([{ id: changed.id, kind: "key", code: "E_STATE_MAC" }]);
    expect(keystore.findKey(changed.id)?.locked).toBe("E_STATE_MAC");
    expect(keystore.handle(kept.id, 1).checkValue()).toMatch(/^[0-9A-F]{6}$/);
  }
});

test("material of another entry, or none, locks its key at the start", () => {
  const [moved, gone] = [domain.createKey({ label: "moved" }), domain.createKey({ label: "gone" })];
  const row = domain.store.findRow("key_version", `${moved.id}/1`) ?? expect.unreachable();
  domain.store.putRow("key_version", sealRow(domain.keys.root, "key_version", { ...row, leaf: row.leaf - 1 }));
  sql("DELETE FROM key_version WHERE id = ?", `${gone.id}/1`);
  const locked = reload().lockedObjects();
  expect(locked.map(({ id, code }) => `${id} ${code}`).sort()).toEqual(
    [`${gone.id} E_STATE_ROLLBACK`, `${moved.id} E_STATE_ROLLBACK`].sort(),
  );
});

test("of very many keys the material that is not looked at before the start is soon after, and never used unseen", async () => {
  const key = domain.createKey();
  const { store, keys, index, tid } = domain;
  sql("UPDATE key_version SET mac = zeroblob(32) WHERE id = ?", `${key.id}/1`);
  const load = () => loadKeystore({ store, root: keys.root, tid, index, materialAtStart: 0 });
  const [used, waited] = [load(), load()];
  expect(used.findKey(key.id)?.locked).toBeNull();
  expect(() => used.handle(key.id, 1)).toThrow(expect.objectContaining({ code: "E_STATE_MAC" }));
  await waited.checkMaterial();
  expect(waited.findKey(key.id)?.locked).toBe("E_STATE_MAC");
});

test("a row that is read again later is held against MAC and log again", () => {
  const { store, keys, index } = domain;
  const reader = new KeyReader({ store, root: keys.root, index }, () => null);
  const [changed, old, gone] = ["changed", "old", "gone"].map((label) => domain.createKey({ label })) as KeyRecord[];
  if (!changed || !old || !gone) return expect.unreachable();
  const before = store.findRow("key", old.id) ?? expect.unreachable();
  domain.keyTo(old.id, "key.suspend");
  expect(reader.find(old.id)).toMatchObject({ state: "suspended", locked: null });
  sql("UPDATE key SET body = CAST(replace(CAST(body AS TEXT), 'active', 'actuve') AS BLOB) WHERE id = ?", changed.id);
  store.putRow("key", before);
  sql("DELETE FROM key WHERE id = ?", gone.id);
  expect(reader.find(changed.id)?.locked).toBe("E_STATE_MAC");
  expect(reader.find(old.id)?.locked).toBe("E_STATE_ROLLBACK");
  expect(reader.find(gone.id)?.locked).toBe("E_STATE_ROLLBACK");
  expect(reader.find("k_aaaaaaaaaaaaaaaaaaaaaaaaaa")).toBeNull();
});

test("keys are counted, and their groups known, without a look at each", () => {
  const [key, other] = [domain.createKey({ label: "one" }), domain.createKey({ label: "two" })];
  const again = reload();
  expect([...again.keys()].map(({ id }) => id).sort()).toEqual([key.id, other.id].sort());
  expect(again.counts()).toMatchObject({ keys: 2, locked: 0 });
  expect([again.hasGroup("default"), again.hasGroup("elsewhere")]).toEqual([true, false]);
  domain.keyTo(key.id, "key.deactivate", "key.destroy");
  expect(domain.keystore.counts()).toMatchObject({ keys: 1 });
  expect([...domain.keystore.keys()]).toHaveLength(2);
});

test("where every key is in memory the store is asked for none, and ids of other things are no keys", async () => {
  const key = domain.createKey();
  const { id } = await domain.enrol("app", [{ ops: ["get"], keys: { kind: "own" } }]);
  expect(domain.keystore.findKey(id)).toBeNull();
  expect(domain.keystore.findKey(domain.tid)).toBeNull();
  expect(domain.keystore.lockedObjects()).toEqual([]);
  const { store, keys, index } = domain;
  const reader = new KeyReader({ store, root: keys.root, index }, () => null);
  expect([reader.find(id), reader.find(domain.tid), reader.find(key.id)?.id]).toEqual([null, null, key.id]);
});
