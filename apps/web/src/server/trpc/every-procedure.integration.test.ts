import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addChannel, addNotice, type Db, openDb, type Scope, uuidV7 } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { docHash, encodeBase64url, encodeRoster } from "@holdfast/protocol";
import {
  FakeClock,
  introduceAdministrator,
  SoftwareAdministrator,
  SoftwareLedger,
  SoftwarePasskey,
} from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NoticeKey } from "../../notices/notice-key.ts";
import { TEST_SETTINGS, TestBrowser, type TestPasskey } from "../testing/test-browser.ts";
import { fillEnvironment } from "../testing/test-environment.ts";
import { appRouter } from "./app-router.ts";

const HERE = { rpId: "localhost", origin: TEST_SETTINGS.HOLDFAST_ORIGIN };
/** Not about a tenant: anybody's own account. Those with an id in them are tried with another's below. */
const OWN_ACCOUNT = /^(signUp|signIn|session|passkey|stored\.account|tenant\.(list|create))/;

interface Person {
  readonly browser: TestBrowser;
  readonly passkey: TestPasskey;
  readonly scope: Scope;
}

let database: TestDatabase;
let db: Db;
let ada: Person;
let eve: Person;
let auditor: TestBrowser;
let keyFolder: string;
let inputs: Record<string, Record<string, unknown>>;

const ledger = SoftwareLedger.found({ clock: new FakeClock(Math.floor(Date.now() / 1000)) });
const { domain } = ledger;
const newKey = { algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false } as const;
const created = ledger.apply(
  domain.propose({
    act: "key.create",
    args: {
      items: [
        { label: "orders", ...newKey },
        { label: "bills", ...newKey },
      ],
    },
  }),
);
const grants = [{ ops: ["decrypt", "encrypt"] as const, keys: { kind: "group" as const, id: "default" } }];
const enrolled = ledger.apply(
  domain.propose({
    act: "client.enrol",
    args: { label: "billing", auth: { kind: "issued", validitySec: 86_400 }, grants },
  }),
);
const grace = new SoftwareAdministrator({ label: "Grace" });
const introduced = introduceAdministrator(domain, grace);
const next = encodeRoster(
  domain.nextRoster((roster) => ({ ...roster, admins: [...roster.admins, grace.rosterEntry()] })),
);
const link = { doc: encodeBase64url(next), hash: docHash("roster", next) };
const proposal = domain.propose({ act: "key.create", args: { items: [{ label: "third", ...newKey }] } });

async function newPerson(name: string): Promise<Person> {
  const [browser, passkey] = [new TestBrowser(db), new SoftwarePasskey(HERE)];
  await browser.signUp(passkey, name);
  const { data } = await browser.mutate("tenant.create", { name: `${name}'s`, environmentName: "Production" });
  return { browser, passkey, scope: data };
}

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
  [ada, eve] = [await newPerson("Ada"), await newPerson("Eve")];
  await fillEnvironment(db, ada.scope, ledger);
  await db.identity.routes.publishWitness("witness.example+1+key");
  const { tenantId } = ada.scope;
  auditor = new TestBrowser(db);
  const accountId = await auditor.signUp(new SoftwarePasskey(HERE), "Audit");
  await db.withTenant(tenantId, (tx) => tx.membership.create({ data: { tenantId, accountId, role: "auditor" } }));
  const report = uuidV7();
  await db.withTenant(tenantId, async (tx) => {
    await tx.report.create({ data: { ...ada.scope, id: report, aid: domain.agent.aid, completedAt: new Date() } });
    const file = { ...ada.scope, reportId: report, name: "report.pdf" };
    const facts = { mediaType: "application/pdf", sizeBytes: 3, sha256: "a".repeat(43), partCount: 1 };
    await tx.reportFile.create({ data: { ...file, ...facts } });
    await tx.reportPart.create({ data: { ...file, n: 0, data: new Uint8Array([1, 2, 3]) } });
  });
  const scope = { ...ada.scope };
  keyFolder = mkdtempSync(join(tmpdir(), "holdfast-procedures-"));
  const keyFile = join(keyFolder, "notice.key");
  process.env["HOLDFAST_NOTICE_KEY_FILE"] = keyFile;
  const noticeId = uuidV7();
  const [channel, unconfirmed, unwanted] = await db.withTenant(tenantId, async (tx) => {
    const given = { kinds: ["agents.silent"], by: accountId };
    const hook = { form: "webhook", target: "https://hooks.example/", ...given } as const;
    const [first, third] = [await addChannel(tx, scope, hook), await addChannel(tx, scope, hook)];
    const second = await addChannel(tx, scope, { form: "mail", target: "a@example.com", ...given });
    const subjects = { id: noticeId, kind: "agents.silent", subjects: [], body: "{}" };
    await addNotice(tx, scope, { ...subjects, channels: [first.id] });
    await tx.noticeDelivery.updateMany({ where: scope, data: { state: "dead" } });
    return [first.id, second.id, third.id];
  });
  const subject = created.ids[0] ?? "";
  await ada.browser.mutate("command.propose", { ...scope, docs: [proposal.doc] });
  await ada.browser.mutate("roster.propose", { ...scope, doc: link.doc, intros: [introduced.doc] });
  inputs = {
    "tenant.members": { tenantId },
    "environment.list": { tenantId },
    "environment.get": scope,
    "environment.create": { tenantId, name: "Test" },
    "environment.chain": scope,
    "environment.head": scope,
    "agent.alarms": scope,
    "agent.list": scope,
    "agent.token.create": scope,
    "key.list": scope,
    "key.get": { ...scope, keyId: subject },
    "key.counts": scope,
    "key.due": scope,
    "client.list": scope,
    "client.get": { ...scope, clientId: enrolled.ids[0] },
    "client.uses": { ...scope, clientId: enrolled.ids[0] },
    "command.list": { ...scope, status: "open" },
    "command.propose": { ...scope, docs: [proposal.doc] },
    "command.get": { ...scope, hash: proposal.hash },
    "command.waiting": scope,
    "command.carry": { ...scope, approval: domain.approve([proposal]) },
    "command.carried": { ...scope, ids: ["A".repeat(43)] },
    "command.withdraw": { ...scope, hash: proposal.hash },
    "roster.list": scope,
    "roster.propose": { ...scope, doc: link.doc, intros: [introduced.doc] },
    "roster.withdraw": { ...scope, hash: link.hash },
    "log.list": scope,
    "log.entry": { ...scope, n: 0 },
    "log.inclusion": { ...scope, n: 0, size: ledger.log.size },
    "log.consistency": { ...scope, from: 1, to: ledger.log.size },
    "annotation.set": { ...scope, subject, title: "t", notes: "n", owner: "o", ticket: "x" },
    "annotation.get": { ...scope, subject },
    "report.list": scope,
    "report.request": scope,
    "report.download": { ...scope, reportId: report, name: "report.pdf", part: 0 },
    "notice.list": scope,
    "notice.add": { ...scope, form: "webhook", target: "https://hooks.example/", kinds: ["approvals.waiting"] },
    "notice.change": { ...scope, id: channel, kinds: ["agents.silent"] },
    "notice.rotate": { ...scope, id: channel },
    "notice.test": { ...scope, id: channel },
    "notice.confirm": { ...scope, id: unconfirmed, code: NoticeKey.open(keyFile).codeOf(unconfirmed) },
    "notice.deliveries": scope,
    "notice.retry": { ...scope, noticeId, channelId: channel },
    "notice.remove": { ...scope, id: unwanted },
    "stored.list": { tenantId },
    "stored.export": { tenantId, table: "key" },
    "events.stream": scope,
  };
});
afterAll(async () => {
  delete process.env["HOLDFAST_NOTICE_KEY_FILE"];
  rmSync(keyFolder, { recursive: true });
  await db.close();
  await database.drop();
});

const types = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: "query" | "mutation" | "subscription" } }>,
).map(([path, { _def }]) => [path, _def.type] as const);
const ofTenants = types.filter(([path]) => !OWN_ACCOUNT.test(path));

/** Calls any procedure as a page would. A stream is one only once it was opened; its refusals are told in it. */
async function ask(browser: TestBrowser, path: string, type: string, input: unknown): Promise<string> {
  const answer = await (type === "mutation" ? browser.mutate(path, input) : streamOrQuery(browser, path, type, input));
  return answer.problem?.code ?? (answer.status === 200 ? "OK" : String(answer.status));
}

function streamOrQuery(browser: TestBrowser, path: string, type: string, input: unknown) {
  return type === "query" ? browser.query(path, input) : browser.subscribe(path, input);
}

const contents = () =>
  database.query(
    `SELECT table_name, (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM app.' || quote_ident(table_name), false, true, '')))[1]::text AS rows
     FROM information_schema.tables WHERE table_schema = 'app' ORDER BY 1`,
  );

describe("every procedure of a tenant", () => {
  test("is tried here", () => {
    expect(ofTenants.map(([path]) => path).sort()).toEqual(Object.keys(inputs).sort());
    expect(ofTenants.length).toBeGreaterThan(25);
  });

  test.each(ofTenants)(
    "%s answers a stranger as if there were nothing, and nobody without a session",
    async (path, type) => {
      const before = await contents();
      expect(await ask(eve.browser, path, type, inputs[path])).toBe("NOT_FOUND");
      expect(await ask(new TestBrowser(db), path, type, inputs[path])).toBe("UNAUTHORIZED");
      expect(await contents()).toEqual(before);
    },
  );

  test.each(ofTenants)("row 83: %s does not let a stranger in through her own organisation", async (path, type) => {
    const { tenantId } = eve.scope;
    const input = { ...inputs[path], tenantId };
    if (!("environmentId" in input)) return expect(await ask(eve.browser, path, type, input)).toBe("OK");
    expect(await ask(eve.browser, path, type, input)).toBe("NOT_FOUND");
  });

  test.each(ofTenants)("%s answers its own", async (path, type) => {
    expect(await ask(ada.browser, path, type, inputs[path])).toBe("OK");
  });

  test.each(ofTenants)("%s refuses a field that it does not know and ids that are none", async (path, type) => {
    expect(await ask(ada.browser, path, type, { ...inputs[path], isAdmin: true })).toBe("BAD_INPUT");
    expect(await ask(ada.browser, path, type, { ...inputs[path], tenantId: "1" })).toBe("BAD_INPUT");
    expect(await ask(ada.browser, path, type, { ...inputs[path], tenantId: { contains: "" } })).toBe("BAD_INPUT");
  });

  test("shows an auditor everything and lets them change nothing but ask for a report", async () => {
    const codes = new Map<string, string>();
    for (const [path, type] of ofTenants) codes.set(path, await ask(auditor, path, type, inputs[path]));
    const changing = ofTenants.filter(([, type]) => type === "mutation").map(([path]) => path);
    for (const [path, code] of codes) {
      const refused = changing.includes(path) && path !== "report.request";
      expect({ path, code }).toEqual({ path, code: refused ? "FORBIDDEN" : "OK" });
    }
  });

  test("stops answering a member the moment they are none", async () => {
    const { tenantId } = ada.scope;
    await db.withTenant(tenantId, (tx) => tx.membership.deleteMany({ where: { tenantId, role: "auditor" } }));
    expect(await ask(auditor, "key.list", "query", inputs["key.list"])).toBe("NOT_FOUND");
    expect((await auditor.query("tenant.list")).data).toEqual({ rows: [] });
  });
});

describe("every procedure of an account", () => {
  test("does nothing to another's sessions and passkeys", async () => {
    const session = (await ada.browser.query("session.me")).data.session.id;
    expect(await ask(eve.browser, "session.end", "mutation", { id: session })).toBe("NOT_FOUND");
    const passkey = { id: ada.passkey.credId };
    expect(await ask(eve.browser, "passkey.remove", "mutation", passkey)).toBe("NOT_FOUND");
    expect(await ask(eve.browser, "passkey.rename", "mutation", { ...passkey, label: "mine" })).toBe("NOT_FOUND");
    expect((await ada.browser.query("session.me")).status).toBe(200);
    expect((await ada.browser.query("passkey.list")).data.rows).toHaveLength(1);
  });

  test("tells each of their own organisations only", async () => {
    for (const { browser, scope } of [ada, eve]) {
      expect((await browser.query("tenant.list")).data.rows).toMatchObject([{ id: scope.tenantId, role: "owner" }]);
      const { data } = await browser.query("stored.account");
      expect(data.memberships).toEqual([{ tenantId: scope.tenantId, role: "owner" }]);
    }
  });
});

describe("a request", () => {
  test("of more than twenty calls at once is refused whole", async () => {
    const paths = Array.from({ length: 21 }, () => "session.me").join(",");
    const { status, text } = await ada.browser.send(`${paths}?batch=1`);
    expect(status).toBe(400);
    expect(text).not.toContain("Ada");
  });

  test("row 114: cannot change anything by GET", async () => {
    const { status } = await ada.browser.query("environment.create", inputs["environment.create"]);
    expect(status).toBe(405);
  });

  test.each(["{", "[]", "null", '{"tenantId":{"__proto__":{"a":1}}}', '"x"', "1e999"])(
    "whose body is %s gets a problem and no stack",
    async (body) => {
      const { status, problem, text } = await ada.browser.send("environment.create", { method: "POST", body });
      expect(status).toBe(400);
      expect(problem?.code).toBe("BAD_INPUT");
      expect(text).not.toMatch(/stack|at .*\.ts|Zod|prisma/i);
    },
  );

  test("for a procedure that is none is answered as such", async () => {
    for (const path of ["constructor", "__proto__", "key.list.call", "_def", "key"]) {
      expect((await ada.browser.query(path)).problem?.code).toBe("NOT_FOUND");
    }
  });
});
