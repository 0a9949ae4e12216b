import type { Scope } from "@holdfast/db";
import { carryApprovals, listCarried, proposeCommands, uuidV7 } from "@holdfast/db";
import { parseEnvelope } from "@holdfast/protocol";
import { FakeClock, SoftwareLedger } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf, enrolmentOf, KEY } from "./testing/linked-agent.ts";
import { TEST_STATUS, type TestAgent } from "./testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "./testing/test-gateway.ts";

const now = Math.floor(Date.now() / 1000);
const { domain } = SoftwareLedger.found({ clock: new FakeClock(now) });
const commands = ["one", "two"].map((label) =>
  domain.propose({ act: "key.create", args: { items: [{ label, ...KEY }] } }),
);
const approval = domain.approve(commands);
const ids = ["A", "B"].map((letter) => letter.repeat(43));

let gateway: TestGateway;
let scope: Scope;
let agent: TestAgent;

beforeAll(async () => {
  gateway = await startTestGateway();
  scope = await gateway.newScope();
  const secret = await gateway.newSecret(scope);
  agent = clientOf(gateway, domain.agent);
  expect((await agent.post("/v1/enrol", enrolmentOf(domain.agent, secret))).status).toBe(200);
  const rows = commands.map(({ doc, hash }) => {
    return { doc, hash, act: "key.create", subject: null, issued: now, exp: now + 3600 };
  });
  await inTenant((tx) => proposeCommands(tx, scope, { commands: rows, proposedBy: uuidV7() }));
});
afterAll(() => gateway.stop());

const inTenant = <T>(work: Parameters<typeof gateway.db.withTenant<T>>[1]) =>
  gateway.db.withTenant(scope.tenantId, work);
const poll = async () => {
  const known = commands.map(({ hash }) => hash);
  return (await agent.post("/v1/poll", { wait: 0, status: TEST_STATUS, known })).body;
};
const carried = () => inTenant((tx) => listCarried(tx, scope, ids));

describe("a decision made at the hosted page", () => {
  test("is handed out with its command's bytes, in the order of its touch, and once; what is said of it first stays", async () => {
    const approvals = commands.map(({ hash }, index) => ({
      id: ids[index] ?? "",
      kind: "command" as const,
      hash,
      approval,
    }));
    const give = () => inTenant((tx) => carryApprovals(tx, scope, { approvals, givenBy: uuidV7() }));
    await give();
    await give();
    const mail: { id: string; envelope: string }[] = (await poll()).approvals;
    expect(mail.map(({ id }) => id)).toEqual(ids);
    const envelopes = mail.map(({ envelope }) => parseEnvelope(Buffer.from(envelope, "base64url")));
    expect(envelopes).toEqual(commands.map(({ doc }) => ({ typ: "env", ver: 1, doc, approvals: [approval] })));
    expect((await poll()).approvals).toEqual([]);
    expect(await carried()).toMatchObject([
      { taken: true, outcome: null },
      { taken: true, outcome: null },
    ]);
    const say = (outcome: string, code: string | null) =>
      agent.post("/v1/approvals", { answers: [{ id: ids[0], outcome, code }] });
    expect((await say("refused", "E_CHANNEL")).status).toBe(200);
    expect((await say("applied", null)).status).toBe(200);
    expect(await carried()).toMatchObject([{ outcome: "refused", code: "E_CHANNEL" }, { outcome: null }]);
    for (const bad of [
      { outcome: "done", code: null },
      { outcome: "refused", code: "no code" },
      { outcome: "applied" },
    ])
      expect(await agent.post("/v1/approvals", { answers: [{ id: ids[1], ...bad }] })).toMatchObject({
        ...{ status: 400, body: { code: "E_SCHEMA" } },
      });
    expect(await carried()).toMatchObject([{ outcome: "refused" }, { outcome: null }]);
  });

  test("never makes an answer larger than a key server takes, with every long command and change that waits beside it", async () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({ label: `${index} ${"k".repeat(90)}`, ...KEY }));
    const long = Array.from({ length: 3 }, () => domain.propose({ act: "key.create", args: { items } }));
    const short = Array.from({ length: 30 }, () => domain.propose({ act: "domain.lock", args: {} }));
    const given = [...long.slice(0, 2), ...short].map(({ hash }, index) => {
      const stuffed = { credId: "c".repeat(1_400), sig: "s".repeat(1_400), authData: "a".repeat(8_192) };
      const list = [hash, ...short.map((each) => each.hash)].filter((each, at, all) => all.indexOf(each) === at);
      const garbage = { decision: 1, list, clientDataJSON: "d".repeat(8_192), ...stuffed };
      return { id: `${index}`.padStart(43, "_"), hash, kind: "command" as const, approval: garbage };
    });
    await inTenant(async (tx) => {
      const rows = [...long, ...short].map(({ doc, hash }) => {
        return { doc, hash, act: "key.create", subject: null, issued: now, exp: now + 3600 };
      });
      await proposeCommands(tx, scope, { commands: rows, proposedBy: uuidV7() });
      await carryApprovals(tx, scope, { approvals: given, givenBy: uuidV7() });
    });
    const known = new Set(commands.map(({ hash }) => hash));
    const seen = new Set<string>();
    for (let polls = 0; known.size < 2 + long.length + short.length || seen.size < given.length; polls += 1) {
      expect(polls).toBeLessThan(12);
      const { body } = await agent.post("/v1/poll", { wait: 0, status: TEST_STATUS, known: [...known] });
      expect(JSON.stringify(body).length).toBeLessThanOrEqual(1024 * 1024);
      for (const { hash } of body.commands) known.add(hash);
      for (const { id } of body.approvals) seen.add(id);
    }
  });

  test("of another organisation is neither handed out nor answered", async () => {
    const other = await gateway.newScope();
    const rows = await gateway.db.withTenant(other.tenantId, (tx) => listCarried(tx, other, ids));
    expect(rows).toEqual([]);
  });

  test("is forgotten after a month, when another is given", async () => {
    expect(await carried()).toHaveLength(2);
    const approvals = [{ id: "Z".repeat(43), kind: "command" as const, hash: commands[0]?.hash ?? "", approval }];
    const give = (days: number) =>
      inTenant((tx) =>
        carryApprovals(tx, scope, { approvals, givenBy: uuidV7() }, new Date(Date.now() + days * 86_400_000)),
      );
    await give(29);
    expect(await carried()).toHaveLength(2);
    await give(31);
    expect(await carried()).toEqual([]);
  });
});
