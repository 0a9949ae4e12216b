import { afterAll, beforeAll, expect, test } from "vitest";
import { CHANNELS, parseEvent } from "./events.ts";
import { notifyEvent } from "./notify.ts";
import { type Db, openDb } from "./open-db.ts";
import { makeTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { uuidV7 } from "./uuid-v7.ts";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** Collects payloads; `next` resolves with the first that comes after those already taken. */
function listen() {
  const heard: string[] = [];
  let wake = () => {};
  db.events.on(CHANNELS.event, (payload) => {
    heard.push(payload);
    wake();
  });
  return async () => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return heard.shift() ?? "";
  };
}

test("an event is heard when its transaction commits, and after a lost connection everybody is told to look", async () => {
  const scope = { tenantId: uuidV7(), environmentId: uuidV7() };
  const next = listen();
  expect(await next()).toBe("");
  await db
    .withTenant(scope.tenantId, async (tx) => {
      await notifyEvent(tx, scope, "log");
      throw new TypeError("rolled back");
    })
    .catch(() => undefined);
  await db.withTenant(scope.tenantId, (tx) => notifyEvent(tx, scope, "report"));
  expect(parseEvent(await next())).toEqual({ ...scope, kind: "report" });
  await database.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast-events' AND datname = current_database()",
  );
  expect(await next()).toBe("");
  await db.withTenant(scope.tenantId, (tx) => notifyEvent(tx, scope, "agent"));
  expect(parseEvent(await next())).toEqual({ ...scope, kind: "agent" });
});

test("a payload that says nothing known is no event", () => {
  expect(parseEvent("")).toBeNull();
  for (const payload of ['{"kind":"other"}', "null", "{", "5", '"log"']) expect(parseEvent(payload)).toBeNull();
});
