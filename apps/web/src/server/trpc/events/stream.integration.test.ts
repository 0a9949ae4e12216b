import { type Db, notifyEvent, openDb, type Scope, uuidV7 } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { heardEvents } from "./heard-events.ts";

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

const newScope = (): Scope => ({ tenantId: uuidV7(), environmentId: uuidV7() });
const tell = (scope: Scope, kind: "log" | "command") =>
  db.withTenant(scope.tenantId, (tx) => notifyEvent(tx, scope, kind));

/** A stream whose beginning, every kind once or twice, has been read. */
async function openStream(scope: Scope) {
  const stop = new AbortController();
  const events = heardEvents(db, scope, stop.signal);
  await tell(scope, "log");
  const first = new Set<string>();
  while (first.size < 5) first.add((await events.next()).value ?? "");
  return { events, stop };
}

test("a stream tells within two seconds what changed in its environment, and nothing of another's", async () => {
  const [ours, theirs] = [newScope(), newScope()];
  const { events, stop } = await openStream(ours);
  await tell(theirs, "log");
  await tell({ ...ours, environmentId: uuidV7() }, "log");
  await tell({ tenantId: uuidV7(), environmentId: ours.environmentId }, "log");
  const start = performance.now();
  await tell(ours, "command");
  const kinds: (string | undefined)[] = [];
  while (!kinds.includes("command")) kinds.push((await events.next()).value ?? undefined);
  expect(performance.now() - start).toBeLessThan(2_000);
  stop.abort();
  while (!(await events.next()).done);
});

test("a burst of one kind is told once to a page that is slow", async () => {
  const scope = newScope();
  const { events, stop } = await openStream(scope);
  for (let n = 0; n < 50; n += 1) await tell(scope, "command");
  await tell(scope, "log");
  const kinds: (string | undefined)[] = [];
  while (!kinds.includes("log") || !kinds.includes("command")) kinds.push((await events.next()).value ?? undefined);
  expect(kinds.length).toBeLessThan(20);
  stop.abort();
  while (!(await events.next()).done);
});
