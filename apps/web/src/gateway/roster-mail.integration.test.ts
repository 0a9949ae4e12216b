import type { Scope } from "@holdfast/db";
import { listIntroductions, listLinks, proposeLink, uuidV7 } from "@holdfast/db";
import { docHash, encodeBase64url, encodeRoster, parseEnvelope } from "@holdfast/protocol";
import {
  FakeClock,
  introduceAdministrator,
  SoftwareAdministrator,
  SoftwareLedger,
  softwareIntroduction,
} from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf, enrolmentOf } from "./testing/linked-agent.ts";
import { TEST_STATUS, type TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

const now = Math.floor(Date.now() / 1000);
const ledger = SoftwareLedger.found({ clock: new FakeClock(now) });
const { domain } = ledger;
const grace = new SoftwareAdministrator({ label: "Grace" });
const introduced = introduceAdministrator(domain, grace);

let gateway: TestGateway;
let scope: Scope;
let agent: TestAgent;

beforeAll(async () => {
  gateway = await startTestGateway();
  scope = await gateway.newScope();
  const secret = await gateway.newSecret(scope);
  agent = clientOf(gateway, domain.agent);
  expect((await agent.post("/v1/enrol", enrolmentOf(domain.agent, secret))).status).toBe(200);
  expect((await agent.post("/v1/roster", { from: 0, links: domain.links })).status).toBe(200);
});
afterAll(() => gateway.stop());

const inTenant = <T>(work: Parameters<typeof gateway.db.withTenant<T>>[1]) =>
  gateway.db.withTenant(scope.tenantId, work);
const links = () => inTenant((tx) => listLinks(tx, scope, now));
const poll = async (known: readonly string[] = []) =>
  (await agent.post("/v1/poll", { wait: 0, status: TEST_STATUS, known })).body;

function change(label: string) {
  const doc = encodeRoster(
    domain.nextRoster((roster) => ({ ...roster, admins: [...roster.admins, { ...grace.rosterEntry(), label }] })),
  );
  const { issued, acceptBy } = domain.nextRoster();
  return { hash: docHash("roster", doc), doc: encodeBase64url(doc), seq: 1, issued, exp: acceptBy };
}

const counts = { old: { have: 0, need: 1 }, new: { have: 0, need: 1 } };

describe("a change of administrators and rules in the mailbox", () => {
  test("is handed out with its introductions until the key server knows it, and takes what is reported of it", async () => {
    const link = { ...change("Grace"), intros: [introduced.doc] };
    await inTenant((tx) => proposeLink(tx, scope, { link, proposedBy: uuidV7() }));
    const [mail] = (await poll()).links;
    const envelope = parseEnvelope(Buffer.from(mail.envelope, "base64url"));
    expect({ hash: mail.hash, ...envelope }).toMatchObject({
      ...{ hash: link.hash, doc: link.doc, approvals: [], intros: [introduced.doc] },
    });
    expect((await poll([link.hash])).links).toEqual([]);
    const report = { hash: link.hash, ...counts, status: "scheduled", due: now + 86_400, reason: "loosens" };
    expect((await agent.post("/v1/links", { reports: [report] })).status).toBe(200);
    expect(await links()).toMatchObject([{ hash: link.hash, status: "scheduled", due: now + 86_400, delivered: true }]);
    expect((await poll()).links).toEqual([]);
    await agent.post("/v1/links", { reports: [{ ...report, status: "cancelled", code: "E_CANCELLED" }] });
    await agent.post("/v1/links", { reports: [{ ...report, status: "applied" }] });
    expect(await links()).toMatchObject([{ status: "cancelled", code: "E_CANCELLED" }]);
  });

  test("that was proposed at the key server is told of by its own bytes, and no others", async () => {
    const { hash, doc } = change("Hopper");
    const other = change("Somebody");
    const foreign = SoftwareLedger.found({ clock: new FakeClock(now) }).domain;
    const theirs = encodeRoster(foreign.nextRoster());
    const before = await links();
    for (const wrong of [
      { hash, doc: other.doc },
      { hash: docHash("roster", theirs), doc: encodeBase64url(theirs) },
      { hash, doc: "AAAA" },
    ]) {
      const answer = await agent.post("/v1/links", { reports: [{ ...wrong, ...counts, status: "open" }] });
      expect(answer).toMatchObject({ status: 400, body: { code: "E_SCHEMA" } });
    }
    expect(await links()).toEqual(before);
    await agent.post("/v1/links", { reports: [{ hash, doc, intros: [introduced.doc], ...counts, status: "open" }] });
    expect((await links())[0]).toMatchObject({ hash, doc, intros: [introduced.doc], status: "open" });
  });
});

describe("introductions", () => {
  const put = (...docs: string[]) => agent.post("/v1/introductions", { introductions: docs });
  const listed = async () => (await inTenant((tx) => listIntroductions(tx, scope, now))).map(({ doc }) => doc);

  test("of administrators and custodians are the whole list that the key server tells each time", async () => {
    const other = softwareIntroduction(domain, "custodian");
    await put(introduced.doc, other.doc);
    expect((await listed()).sort()).toEqual([introduced.doc, other.doc].sort());
    await put(other.doc);
    expect(await listed()).toEqual([other.doc]);
    await put();
    expect(await listed()).toEqual([]);
  });

  test("of another kind, another domain or of no form are refused, and nothing is kept", async () => {
    const foreign = SoftwareLedger.found({ clock: new FakeClock(now) }).domain;
    const wrong = [softwareIntroduction(domain, "client-key").doc, introduceAdministrator(foreign, grace).doc, "AAAA"];
    for (const doc of wrong)
      expect(await put(introduced.doc, doc)).toMatchObject({ status: 400, body: { code: "E_SCHEMA" } });
    expect(await listed()).toEqual([]);
  });
});
