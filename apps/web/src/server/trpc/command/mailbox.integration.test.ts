import { CHANNELS, type Db, openDb, type Scope } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import { FakeClock, SoftwareLedger, SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_SETTINGS, TestBrowser } from "../../testing/test-browser.ts";
import { fillEnvironment } from "../../testing/test-environment.ts";

const now = Math.floor(Date.now() / 1000);
const ledger = SoftwareLedger.found({ clock: new FakeClock(now) });
const stranger = SoftwareLedger.found({ clock: new FakeClock(now) });
const item = { algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false } as const;

let database: TestDatabase;
let db: Db;
let browser: TestBrowser;
let scope: Scope;
let empty: Scope;

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
  browser = new TestBrowser(db);
  await browser.signUp(new SoftwarePasskey({ rpId: "localhost", origin: TEST_SETTINGS.HOLDFAST_ORIGIN }), "Ada");
  scope = (await browser.mutate("tenant.create", { name: "Org", environmentName: "Production" })).data;
  const { environmentId } = (await browser.mutate("environment.create", { tenantId: scope.tenantId, name: "Empty" }))
    .data;
  empty = { tenantId: scope.tenantId, environmentId };
  await fillEnvironment(db, scope, ledger);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

function draft(label: string, options: { issued?: number; ttlSec?: number; from?: SoftwareLedger } = {}) {
  const { from = ledger, ...rest } = options;
  return from.domain.propose({ act: "key.create", args: { items: [{ label, ...item }] }, ...rest });
}

const propose = (docs: readonly string[], where: Scope = scope) =>
  browser.mutate("command.propose", { ...where, docs });
const stored = () => database.query<{ doc: string }>("SELECT doc FROM app.command ORDER BY hash");

describe("a proposed command", () => {
  test("is kept as the exact bytes that the browser built, once, and wakes the key servers", async () => {
    const { doc, hash } = draft("first");
    const woken = new Promise<string>((resolve) => {
      db.events.on(CHANNELS.mailbox, (payload) => payload && resolve(payload));
    });
    expect((await propose([doc, doc])).data).toEqual({ hashes: [hash, hash] });
    expect((await propose([doc])).data).toEqual({ hashes: [hash] });
    const row = (await browser.query("command.get", { ...scope, hash })).data;
    expect(row).toMatchObject({ doc, hash, status: "open", have: 0, delivered: false, code: null, entry: null });
    expect(await stored()).toEqual([{ doc }]);
    await propose([doc]);
    expect(JSON.parse(await woken)).toEqual(scope);
  });

  test.each<[string, () => string, string]>([
    ["of another environment", (): string => draft("x", { from: stranger }).doc, "E_TENANT"],
    ["that ran out", () => draft("x", { issued: now - 7200, ttlSec: 3600 }).doc, "E_EXPIRED"],
    ["that is dated far ahead", () => draft("x", { issued: now + 3600 }).doc, "E_EXPIRED"],
    ["that is not canonical", () => spaced(draft("x").doc), "E_CANON"],
    ["of another kind", () => encodeBase64url(Buffer.from('{"typ":"roster","ver":1}')), "E_UNSUPPORTED"],
    ["that is no JSON", () => encodeBase64url(Buffer.from("hello")), "E_CANON"],
    ["that is no base64url", () => "AAAA=", "BAD_INPUT"],
    ["that is larger than a command may be", () => "A".repeat(349_528), "BAD_INPUT"],
  ])("%s is refused by its code and not kept", async (_, make, code) => {
    const before = await stored();
    const { problem, status } = await propose([draft("good").doc, make()]);
    expect({ code: problem?.code, status }).toEqual({ code, status: 400 });
    expect(await stored()).toEqual(before);
  });

  test("is refused where there is no key server that could carry it out", async () => {
    expect((await propose([draft("x").doc], empty)).problem?.code).toBe("NOT_LINKED");
  });

  test("brings at most fifty with it", async () => {
    const docs = Array.from({ length: 51 }, () => draft("x").doc);
    expect((await propose(docs)).problem?.code).toBe("BAD_INPUT");
    expect((await propose([])).problem?.code).toBe("BAD_INPUT");
  });

  test("can be withdrawn until somebody has approved it, and the key servers are told", async () => {
    const [first, second] = [draft("withdrawn"), draft("approved")];
    await propose([first.doc, second.doc]);
    await db.withTenant(scope.tenantId, (tx) =>
      tx.command.updateMany({ where: { ...scope, hash: second.hash }, data: { have: 1 } }),
    );
    expect((await browser.mutate("command.withdraw", { ...scope, hash: first.hash })).status).toBe(200);
    expect((await browser.mutate("command.withdraw", { ...scope, hash: first.hash })).problem?.code).toBe("NOT_OPEN");
    expect((await browser.mutate("command.withdraw", { ...scope, hash: second.hash })).problem?.code).toBe("NOT_OPEN");
    expect((await browser.query("command.get", { ...scope, hash: first.hash })).data.status).toBe("withdrawn");
  });
});

describe("the list of commands", () => {
  test("tells open ones and decided ones apart, newest first, page by page, and counts what waits", async () => {
    await browser.mutate("environment.create", { tenantId: scope.tenantId, name: "List" });
    const drafts = Array.from({ length: 7 }, (_, n) => draft(`listed-${n}`));
    for (const { doc } of drafts) await propose([doc]);
    const decided = drafts.slice(0, 3).map(({ hash }) => hash);
    await db.withTenant(scope.tenantId, (tx) =>
      tx.command.updateMany({ where: { ...scope, hash: { in: decided } }, data: { status: "applied", entry: 3 } }),
    );
    const hashes = async (status: string) => {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const { data } = await browser.query("command.list", {
          ...scope,
          status,
          limit: 2,
          ...(cursor ? { cursor } : {}),
        });
        found.push(...data.rows.map((row: { hash: string }) => row.hash));
        cursor = data.nextCursor;
      } while (cursor);
      return found;
    };
    const [open, done] = [await hashes("open"), await hashes("done")];
    expect(open.slice(0, 4)).toEqual(
      drafts
        .slice(3)
        .map(({ hash }) => hash)
        .reverse(),
    );
    expect(done).toEqual(expect.arrayContaining(decided));
    expect(new Set([...open, ...done]).size).toBe(open.length + done.length);
    expect((await browser.query("command.waiting", scope)).data).toEqual({ count: open.length });
  });

  test("tells what is approved and waits its delay apart from both, and what is about one key", async () => {
    const keyId = `k_${"b".repeat(25)}a`;
    const target = { kind: "key", keyId, label: "orders", group: "default" } as const;
    const [destroy, other] = [
      ledger.domain.propose({ act: "key.destroy", args: {}, target, expect: { head: 3, state: "deactivated" } }),
      draft("other"),
    ];
    await propose([destroy.doc, other.doc]);
    await db.withTenant(scope.tenantId, (tx) =>
      tx.command.updateMany({
        where: { ...scope, hash: { in: [destroy.hash, other.hash] } },
        data: { status: "scheduled", due: now + 86_400 },
      }),
    );
    const hashes = async (query: object) =>
      (await browser.query("command.list", { ...scope, ...query })).data.rows.map((row: { hash: string }) => row.hash);
    expect((await hashes({ status: "scheduled" })).toSorted()).toEqual([destroy.hash, other.hash].toSorted());
    expect(await hashes({ status: "scheduled", subject: keyId })).toEqual([destroy.hash]);
    for (const status of ["open", "done"]) {
      expect(await hashes({ status })).not.toContain(destroy.hash);
      expect(await hashes({ status, subject: keyId })).toEqual([]);
    }
  });

  test("shows one that ran out as that, before any key server says so", async () => {
    const { doc, hash } = draft("short");
    await propose([doc]);
    await database.query("UPDATE app.command SET exp = $1 WHERE hash = $2", [now - 1, hash]);
    expect((await browser.query("command.get", { ...scope, hash })).data.status).toBe("expired");
  });
});

/** The same document with a space in it. */
function spaced(doc: string): string {
  return encodeBase64url(Buffer.from(new TextDecoder().decode(decodeBase64url(doc)).replace("{", "{ ")));
}
