import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Db, notifyEvent, openDb, proposeCommands, proposeLink, type Scope } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import {
  type MailReceiver,
  makeLoopbackIdentity,
  startMailReceiver,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@holdfast/notices/testing";
import { FakeClock, SoftwareLedger, SoftwarePasskey } from "@holdfast/testkit";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_SETTINGS, TestBrowser } from "../server/testing/test-browser.ts";
import { fillEnvironment, storedEntry } from "../server/testing/test-environment.ts";
import { findNotices } from "./find-notices.ts";
import { readNoticeSettings } from "./notice-settings.ts";
import { NoticeWorker } from "./notice-worker.ts";
import { MOST_A_DAY, writeNotices } from "./write-notices.ts";

const identity = makeLoopbackIdentity();
const now = Math.floor(Date.now() / 1000);
const ledger = SoftwareLedger.found({ clock: new FakeClock(now) });
const ALL = [
  "approvals.waiting",
  "delays.started",
  "changes.decided",
  "expiries.near",
  "agents.silent",
  "logs.forked",
  "backups.overdue",
  "agents.sealed",
  "disks.failing",
];
const EXACTLY = ["approvals.waiting"];

let folder: string;
let database: TestDatabase;
let db: Db;
let browser: TestBrowser;
let scope: Scope;
let hook: WebhookReceiver;
let mail: MailReceiver;
const workers: NoticeWorker[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-notices-"));
  hook = await startWebhookReceiver(identity);
  mail = await startMailReceiver(identity, { password: "word" });
  writeFileSync(join(folder, "ca.pem"), identity.cert);
  writeFileSync(join(folder, "password"), "word\n");
  Object.assign(process.env, {
    HOLDFAST_NOTICE_KEY_FILE: join(folder, "notice.key"),
    HOLDFAST_NOTICE_PRIVATE_RECEIVERS: "127.0.0.0/8",
    HOLDFAST_NOTICE_CA_FILE: join(folder, "ca.pem"),
    HOLDFAST_SMTP_URL: `smtp://holdfast@localhost:${mail.port}`,
    HOLDFAST_SMTP_PASSWORD_FILE: join(folder, "password"),
    HOLDFAST_SMTP_FROM: "holdfast@example.com",
  });
  database = await makeTestDatabase();
  db = await openDb(database);
  browser = new TestBrowser(db);
  await browser.signUp(new SoftwarePasskey({ rpId: "localhost", origin: TEST_SETTINGS.HOLDFAST_ORIGIN }), "Ada");
  scope = (await browser.mutate("tenant.create", { name: "Org", environmentName: "Production" })).data;
  ledger.apply(ledger.domain.propose({ act: "domain.unlock", args: {} })); // before anybody could be told
  await fillEnvironment(db, scope, ledger);
  const settings = readNoticeSettings(process.env);
  if (settings === null) throw new Error("no settings");
  // Two of them, as two gateways would be.
  for (let n = 0; n < 2; n += 1) workers.push(new NoticeWorker(db, settings, () => undefined));
  for (const worker of workers) worker.start();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await Promise.all([hook.close(), mail.close()]);
  await db.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const url = () => `https://localhost:${hook.port}/hook/of-a-tenant`;
const add = (form: string, target: string, kinds: readonly string[] = ALL) =>
  browser.mutate("notice.add", { ...scope, form, target, kinds });
const deliveries = async () => (await browser.query("notice.deliveries", { ...scope })).data.rows;

/** Asks again until it is so; a notice takes a worker's turn. */
async function until<T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function propose(label: string) {
  const item = { algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false } as const;
  const { doc, hash } = ledger.domain.propose({ act: "key.create", args: { items: [{ label, ...item }] } });
  await browser.mutate("command.propose", { ...scope, docs: [doc] });
  return hash;
}

describe("a webhook of an environment", () => {
  let id: string;
  let secret: string;

  test("is told of a command that waits, once, however many workers there are, in words without its key's name", async () => {
    const added = (await add("webhook", url())).data;
    ({ secret } = added);
    id = added.receiver.id;
    expect(added.receiver).toMatchObject({
      form: "webhook",
      name: `https://localhost:${hook.port}/…`,
      confirmed: true,
    });
    const hash = await propose("very secret project");
    await hook.have(1);
    const [{ headers, body }] = hook.received as [WebhookReceiver["received"][number]];
    const read = new Webhook(secret).verify(body, headers) as { type: string; data: { items: object[] } };
    expect(read).toMatchObject({ type: "approvals.waiting", ver: 1, data: { source: { name: "Production" } } });
    expect(read.data.items).toMatchObject([{ kind: "command", id: hash, act: "key.create" }]);
    expect(body).not.toContain("very secret project");
    const second = await propose("another");
    await hook.have(2);
    expect(JSON.parse(hook.received[1]?.body ?? "").data.items).toMatchObject([{ id: second }]);
    expect(new Set(hook.received.map((each) => each.headers["webhook-id"])).size).toBe(2);
  });

  test("is signed with the old and the new secret after a change", async () => {
    const { data } = await browser.mutate("notice.rotate", { ...scope, id });
    expect(data.secret).not.toBe(secret);
    await browser.mutate("notice.test", { ...scope, id });
    await hook.have(3);
    const { body, headers } = hook.received[2] as WebhookReceiver["received"][number];
    for (const each of [secret, data.secret])
      expect(new Webhook(each).verify(body, headers)).toMatchObject({ type: "notices.test" });
  });

  test("that fails is tried again, says why, and is given up in the end, until somebody has it tried again", async () => {
    hook.answer = 503;
    await browser.mutate("notice.test", { ...scope, id });
    const [failed] = await until(deliveries, ([row]) => row?.tries === 1);
    expect(failed).toMatchObject({
      state: "waiting",
      failure: { code: "C_STATUS", status: 503 },
      kind: "notices.test",
    });
    expect(failed.nextAt - failed.triedAt).toBeGreaterThanOrEqual(4);
    const { noticeId, channelId } = failed;
    await database.query("UPDATE app.notice_delivery SET tries = 7, next_at = now() WHERE notice_id = $1", [noticeId]);
    await db.identity.noticeTurns.wake(scope.tenantId);
    const [dead] = await until(deliveries, ([row]) => row?.state === "dead");
    expect(dead).toMatchObject({ tries: 8, nextAt: null });
    const had = hook.received.length;
    hook.answer = 204;
    await browser.mutate("notice.retry", { ...scope, noticeId, channelId });
    await hook.have(had + 1);
    const [delivered] = await until(deliveries, ([row]) => row?.state === "delivered");
    expect(delivered).toMatchObject({ noticeId, failure: null });
    // The same message to the receiver, whenever it came.
    expect(hook.received.at(-1)?.headers["webhook-id"]).toBe(hook.received.at(-2)?.headers["webhook-id"]);
  });

  test("row 70: leaves no secret and no code in the database", async () => {
    const rows = await database.query("SELECT * FROM app.notice_channel");
    const text = JSON.stringify([rows, await database.query("SELECT * FROM app.notice")]);
    expect(rows.length).toBeGreaterThan(0);
    expect(text).not.toContain("whsec_");
    expect(text).not.toContain(secret.slice(6));
  });
});

describe("row 89: a webhook that a tenant points inside", () => {
  test("by an address is refused when it is added", async () => {
    for (const target of ["https://10.1.2.3/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/"])
      expect((await add("webhook", target)).problem?.code, target).toBe("C_SSRF");
    for (const target of ["http://receiver.example/", "https://a:b@receiver.example/", "javascript:1"])
      expect((await add("webhook", target)).problem?.code, target).toBe("NOTICE_TARGET");
  });

  test("by a redirect is not followed, and its owner is told", async () => {
    const { receiver } = (await add("webhook", url(), EXACTLY)).data;
    hook.answer = { redirect: `https://localhost:${hook.port}/inside` };
    await browser.mutate("notice.test", { ...scope, id: receiver.id });
    const [row] = await until(deliveries, ([row]) => row?.channelId === receiver.id && row.tries > 0);
    expect(row).toMatchObject({ failure: { code: "C_REDIRECT", status: 307 } });
    expect(hook.received.filter(({ path }) => path === "/inside")).toEqual([]);
    hook.answer = 204;
    await browser.mutate("notice.remove", { ...scope, id: receiver.id });
  });
});

describe("a mail address", () => {
  test("gets nothing but its code until its owner has given it back, and not by guessing", async () => {
    const { receiver, secret } = (await add("mail", "anna@example.com", EXACTLY)).data;
    expect({ secret, confirmed: receiver.confirmed }).toEqual({ secret: null, confirmed: false });
    await mail.have(1);
    const code = /The code: (\d{8})/.exec(mail.received[0]?.source ?? "")?.[1] ?? "";
    const give = (its: string) => browser.mutate("notice.confirm", { ...scope, id: receiver.id, code: its });
    const wrong = code === "00000000" ? "00000001" : "00000000";
    expect((await give(wrong)).problem?.code).toBe("NOTICE_CODE");
    const before = hook.received.length;
    await propose("before confirmation");
    await hook.have(before + 1);
    expect((await give(code)).status).toBe(200);
    await propose("after confirmation");
    await mail.have(2);
    expect(mail.received).toHaveLength(2);
    expect(mail.received[1]).toMatchObject({ to: ["anna@example.com"], secure: true });
    expect(mail.received[1]?.source).toContain("Subject: Holdfast: Approvals wait: key.create, ");
    await browser.mutate("notice.remove", { ...scope, id: receiver.id });
  });

  test("cannot be guessed open: after five tries not even the code is taken", async () => {
    const { receiver } = (await add("mail", "eve@example.com", EXACTLY)).data;
    await mail.have(3);
    const code = /The code: (\d{8})/.exec(mail.received[2]?.source ?? "")?.[1] ?? "";
    const give = (its: string) => browser.mutate("notice.confirm", { ...scope, id: receiver.id, code: its });
    for (let n = 0; n < 5; n += 1) await give(code === "11111111" ? "22222222" : "11111111");
    expect((await give(code)).problem?.code).toBe("NOTICE_CODE");
    await browser.mutate("notice.remove", { ...scope, id: receiver.id });
  });

  test("row 90: with a header or a second address in it is not taken", async () => {
    for (const target of ["a@example.com\r\nBcc: b@example.com", "a@example.com,b@example.com", "A <a@example.com>"])
      expect((await add("mail", target, EXACTLY)).problem?.code, target).toBe("NOTICE_TARGET");
  });
});

describe("what is told", () => {
  test("is a delay, an end, a fork, overdue backups, a seal and a failing disk, each once, and of a sealed key server no silence", async () => {
    const key = "k_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    const facts = {
      label: "orders",
      group: "default",
      algorithm: "AES-256",
      usage: [],
      isExtractable: false,
      state: "active",
    };
    await db.withTenant(scope.tenantId, async (tx) => {
      await tx.key.create({
        data: { ...scope, id: key, ...facts, current: 1, created: now, endsAt: now + 86_400, headLeaf: 0 },
      });
      const command = { hash: "d".repeat(43), doc: "AA", act: "key.destroy", subject: key, issued: now, exp: now + 9 };
      await proposeCommands(tx, scope, { commands: [command], proposedBy: scope.tenantId });
      await tx.command.updateMany({
        where: { ...scope, hash: command.hash },
        data: { status: "scheduled", due: now + 86_400 },
      });
      const link = { doc: "AA", intros: [], seq: 1, issued: now, exp: now + 86_400 };
      await proposeLink(tx, scope, { link: { hash: "r".repeat(43), ...link }, proposedBy: scope.tenantId });
      await tx.alarm.create({
        data: { ...scope, id: scope.tenantId, aid: ledger.domain.agent.aid, code: "W_EQUIVOCATION", detail: {} },
      });
      await tx.agent.updateMany({
        where: scope,
        data: {
          ...{
            backupFailing: "nas (space)",
            unbackedCount: 3,
            isSealed: true,
            lastSeenAt: new Date((now - 86_400) * 1000),
          },
          conditions: [{ kind: "disk.doubtful", at: now, count: 2 }, { kind: "clock.off" }],
        },
      });
      await notifyEvent(tx, scope, "command");
    });
    const items = (kind: string) =>
      hook.received
        .map(({ body }) => JSON.parse(body))
        .filter(({ type }) => type === kind)
        .flatMap(({ data }) => data.items);
    await until(
      async () => items("logs.forked"),
      (found) => found.length > 0,
    );
    expect(items("delays.started")).toMatchObject([
      { kind: "key", id: key, name: "orders", act: "key.destroy", at: now + 86_400 },
    ]);
    expect(items("approvals.waiting")).toContainEqual({
      ...{ kind: "administrators", id: "r".repeat(43), act: "roster.update", at: now + 86_400 },
    });
    expect(items("expiries.near")).toContainEqual({ kind: "key", id: key, name: "orders", at: now + 86_400 });
    expect(items("logs.forked")).toMatchObject([{ kind: "agent", code: "W_EQUIVOCATION" }]);
    expect(items("backups.overdue")).toMatchObject([{ kind: "agent", name: "alpha", count: 3 }]);
    expect(items("agents.sealed")).toMatchObject([{ kind: "agent", name: "alpha" }]);
    expect(items("disks.failing")).toMatchObject([
      { kind: "agent", name: "alpha", at: now, count: 2, code: "E_STORE" },
    ]);
    expect(items("agents.silent")).toEqual([]);
  });

  test("is what was decided, from the log itself, though it never waited; of what nobody was there to be told of nothing", async () => {
    const { domain } = ledger;
    domain.clock.advance(120);
    const { leaf } = ledger.apply(domain.propose({ act: "domain.lock", args: {} }));
    const entry = ledger.log.entries[leaf];
    if (entry === undefined) expect.unreachable();
    await db.withTenant(scope.tenantId, async (tx) => {
      await tx.logEntry.create({ data: { ...scope, ...storedEntry(entry) } as never });
      await notifyEvent(tx, scope, "log");
    });
    const decided = () =>
      hook.received.map(({ body }) => JSON.parse(body)).filter(({ type }) => type === "changes.decided");
    await until(
      async () => decided(),
      (found) => found.length > 0,
    );
    const { aid } = domain.agent;
    expect(decided()).toMatchObject([
      {
        data: {
          items: [{ kind: "agent", id: aid, act: "domain.lock", at: now + 120 }],
          link: expect.stringMatching(/\/log$/),
        },
      },
    ]);
  });

  test("is the silence of a key server once it lasts, but not while this control plane has not been there to hear it", async () => {
    const silent = (since: number) =>
      db.withTenant(scope.tenantId, async (tx) => {
        await tx.agent.updateMany({ where: scope, data: { isSealed: false } });
        const found = await findNotices(tx, scope, { now: now + 1_000, since });
        return found.filter(({ kind }) => kind === "agents.silent").map(({ item }) => item.id);
      });
    expect(await silent(now - 1_000)).toEqual([ledger.domain.agent.aid]);
    expect(await silent(now + 990)).toEqual([]);
  });

  test("is held back beyond the day's quota, which is said once, and told later if it still is so", async () => {
    const at = now + 3 * 86_400;
    const pages = { origin: "http://localhost", now: at };
    const finding = (n: number) => ({
      kind: "agents.silent" as const,
      subject: `x ${n}`,
      item: { kind: "agent" as const, id: `a_${n}` },
    });
    const write = (n: number, when = pages) =>
      db.withTenant(scope.tenantId, (tx) => writeNotices(tx, scope, [finding(n)], when));
    await database.query(
      "INSERT INTO app.notice (tenant_id, environment_id, id, kind, subjects, body, created_at) SELECT $1, $2, gen_random_uuid(), 'x', '{}', '{}', to_timestamp($3) FROM generate_series(1, $4)",
      [scope.tenantId, scope.environmentId, at, MOST_A_DAY],
    );
    expect(await write(1)).toBe(0);
    expect(await write(2)).toBe(0);
    const told = await database.query<{ kind: string }>("SELECT kind FROM app.notice WHERE kind = 'notices.limited'");
    expect(told).toHaveLength(1);
    expect(await write(1, { ...pages, now: at + 86_400 })).toBe(1);
  });
});
