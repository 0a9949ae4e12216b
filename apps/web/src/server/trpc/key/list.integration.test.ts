import { type Db, listDueKeys, openDb, type Scope } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_SETTINGS, TestBrowser } from "../../testing/test-browser.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

let database: TestDatabase;
let db: Db;
let browser: TestBrowser;
let scope: Scope;

const idOf = (n: number) => `k_${"a".repeat(24)}${LETTERS[Math.floor(n / 26)]}${LETTERS[n % 26]}`;
/** Twenty-six keys whose orders by name, creation, use and end all differ, with ties and gaps. */
const KEYS = Array.from({ length: 26 }, (_, n) => ({
  id: idOf(n),
  label: n % 3 === 0 ? "same" : `${n % 2 ? "Key" : "key"} ${(n * 7) % 26}`,
  alias: n === 5 ? "alias/orders_db" : null,
  group: n % 4 ? "default" : "payments",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  isExtractable: false,
  state: n % 5 ? "active" : "suspended",
  current: 1,
  created: 1_000 + ((n * 11) % 26),
  lastUsedAt: n % 2 ? 2_000 + n : null,
  endsAt: n % 3 ? 3_000 - n : null,
  destroyDue: n === 7 ? 10 : null,
  headLeaf: n,
}));

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
  browser = new TestBrowser(db);
  await browser.signUp(new SoftwarePasskey({ rpId: "localhost", origin: TEST_SETTINGS.HOLDFAST_ORIGIN }), "Ada");
  scope = (await browser.mutate("tenant.create", { name: "Org", environmentName: "Production" })).data;
  await db.withTenant(scope.tenantId, (tx) => tx.key.createMany({ data: KEYS.map((key) => ({ ...scope, ...key })) }));
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

interface Row {
  id: string;
  label: string;
  created: number;
  lastUsedAt: number | null;
  endsAt: number | null;
  destroyDue: number | null;
}

const due = async () => (await browser.query("key.due", scope)).data;

async function readAll(query: Record<string, unknown>, limit = 5): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const { data } = await browser.query("key.list", { ...scope, ...query, limit, ...(cursor ? { cursor } : {}) });
    rows.push(...data.rows);
    cursor = data.nextCursor;
  } while (cursor);
  return rows;
}

describe("the list of keys", () => {
  test.each([
    ["label", (row: Row) => row.label.toLowerCase(), 1],
    ["created", (row: Row) => row.created, -1],
    ["lastUsed", (row: Row) => row.lastUsedAt ?? -1, -1],
    ["ends", (row: Row) => Math.min(row.endsAt ?? 1e15, row.destroyDue ?? 1e15), 1],
  ] as const)("ordered by %s is whole and in order, in pages of any size", async (sort, by, direction) => {
    const whole = await readAll({ sort }, 200);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(KEYS.length);
    for (const [index, row] of whole.slice(1).entries()) {
      const [before, after] = [by(whole[index] as Row), by(row)];
      expect(direction > 0 ? before <= after : before >= after).toBe(true);
    }
    for (const limit of [1, 4, 25, 26]) expect(await readAll({ sort }, limit)).toEqual(whole);
  });

  test("can be narrowed by state, group and text, which is text and no pattern", async () => {
    expect(await readAll({ state: "suspended" })).toHaveLength(6);
    expect(await readAll({ group: "payments", state: "active" })).toHaveLength(5);
    const same = await readAll({ search: "SAME" });
    expect(same.map(({ label }) => label)).toEqual(Array.from({ length: 9 }, () => "same"));
    expect((await readAll({ search: "orders_db" })).map(({ id }) => id)).toEqual([idOf(5)]);
    expect((await readAll({ search: idOf(9) })).map(({ id }) => id)).toEqual([idOf(9)]);
    for (const search of ["%", "_ame", "same%", "\\", "'"]) expect(await readAll({ search })).toEqual([]);
  });

  test("can be narrowed to those that are called exactly so", async () => {
    expect(await readAll({ label: "same" })).toHaveLength(9);
    for (const label of ["SAME", "sam", "%", ""]) expect(await readAll({ label })).toEqual([]);
  });

  test("starts anew at a cursor that is none of its own", async () => {
    const first = (await browser.query("key.list", { ...scope, limit: 2 })).data.rows;
    for (const cursor of ["", "x", "W10", Buffer.from('["a",{}]').toString("base64url"), "e30"]) {
      expect((await browser.query("key.list", { ...scope, limit: 2, cursor })).data.rows).toEqual(first);
    }
  });

  test("counts them by state and names their groups", async () => {
    expect((await browser.query("key.counts", scope)).data).toEqual({
      total: 26,
      byState: { active: 20, suspended: 6 },
      groups: ["default", "payments"],
    });
  });

  test("of those that are due have every key with something to come, the soonest plan first, and none whose time has passed", async () => {
    const now = Math.floor(Date.now() / 1000);
    const plan = (n: number, planned: object, more: object = {}) =>
      db.withTenant(scope.tenantId, (tx) =>
        tx.key.updateMany({
          where: { ...scope, id: idOf(n) },
          data: { planned, endsAt: null, destroyDue: null, ...more },
        }),
      );
    const version = { version: 1, state: "active", commit: "c" };
    const versions = [now - 90, now].map((created, at) => ({
      ...version,
      ...scope,
      keyId: idOf(4),
      version: at + 1,
      created,
    }));
    await db.withTenant(scope.tenantId, (tx) => tx.keyVersion.createMany({ data: versions }));
    await plan(1, { protectStop: now + 50, deactivation: now + 900 });
    await plan(2, { schedules: [{ id: "s", does: "rotate", everySec: 90, next: now + 40, n: 0 }] });
    await plan(3, { limit: { unit: "object", total: 10 } }, { limitSpent: 8 });
    await plan(4, { recipientSec: 120, activated: now - 100 });
    await plan(6, { limit: { unit: "object", total: 10 } }, { limitSpent: 7 });
    await plan(8, { protectStop: now - 1 });
    await plan(9, { deactivation: now + 60 }, { state: "deactivated" });
    const { rows, until } = await due();
    const all: Row[] = (await browser.query("key.list", { ...scope, sort: "ends", limit: 200 })).data.rows;
    const ending = all.filter(({ endsAt, destroyDue }) => endsAt !== null || destroyDue !== null).map(({ id }) => id);
    expect(ending.length).toBeGreaterThan(5);
    expect(rows.map(({ id }: Row) => id)).toEqual([...ending, ...[3, 4, 2, 1].map(idOf)]);
    expect(rows.find(({ id }: Row) => id === idOf(4))).toMatchObject({ opensUntil: now + 30 });
    expect(until).toBeNull();
    const soonest = await db.withTenant(scope.tenantId, (tx) => listDueKeys(tx, scope, { now, limit: 1 }));
    expect(soonest).toMatchObject({ until: 0, rows: [{ id: ending[0] }, { id: idOf(3) }] });
    const planned = await db.withTenant(scope.tenantId, (tx) => listDueKeys(tx, scope, { now, limit: 3 }));
    expect(planned.rows.slice(3).map(({ id }) => id)).toEqual([3, 4, 2].map(idOf));
  });

  test("stays quick with a hundred thousand keys", async () => {
    await database.query(
      `INSERT INTO app.key (tenant_id, environment_id, id, label, key_group, algorithm, usage, is_extractable, state, current, created, last_used_at, head_leaf)
       SELECT tenant_id, environment_id, 'k_' || lpad(translate(n::text, '0123456789', 'abcdefghij'), 26, 'z'), 'bulk ' || md5(n::text), key_group, algorithm, usage, false, 'active', 1, n, n, n
       FROM app.key, generate_series(1, 100000) n WHERE id = $1`,
      [idOf(0)],
    );
    await database.query("ANALYZE app.key");
    for (const sort of ["label", "created", "lastUsed", "ends"]) {
      const query = { ...scope, sort, limit: 100 };
      const { cursor } = await browser.query("key.list", query).then(({ data }) => ({ cursor: data.nextCursor }));
      const start = performance.now();
      expect((await browser.query("key.list", { ...query, cursor })).data.rows).toHaveLength(100);
      expect(performance.now() - start).toBeLessThan(2_000);
    }
    expect(await due()).toMatchObject({ until: null });
  });
});
