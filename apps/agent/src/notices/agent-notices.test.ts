import { statSync } from "node:fs";
import { join } from "node:path";
import {
  type MailReceiver,
  makeLoopbackIdentity,
  startMailReceiver,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@holdfast/notices/testing";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { formatVkey, NOTE_TYPE, noteKey } from "@holdfast/tlog";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setNotices } from "../admin/notice-routes.ts";
import { editStore } from "../admission/testing/attack.ts";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { writeLink } from "../control-link/link-file.ts";
import { startControlLink } from "../control-link/start-control-link.ts";
import { FailingDisk } from "../keystore/sqlite/testing/failing-disk.ts";
import { deliver, draft } from "../roster/testing/links.ts";
import { keepEvidence } from "../witnesses/evidence.ts";
import { AgentNotices, MOST_A_DAY } from "./agent-notices.ts";
import { MANY_REFUSALS } from "./find-notices.ts";
import { MOST_DELIVERIES, NoticeBox } from "./notice-box.ts";

const identity = makeLoopbackIdentity();
let hook: WebhookReceiver;
let mail: MailReceiver;
let agent: PasskeyAgent;
let notices: AgentNotices;
let closeLink: () => Promise<void>;
let secret: string;
let ada: SoftwareAdministrator;
let grace: SoftwareAdministrator;

beforeAll(async () => {
  hook = await startWebhookReceiver(identity);
  mail = await startMailReceiver(identity, { password: "word" });
});
afterAll(() => Promise.all([hook.close(), mail.close()]));
beforeEach(async () => {
  hook.received.length = 0;
  hook.answer = 204;
  mail.received.length = 0;
  [ada, grace] = [new SoftwareAdministrator(), new SoftwareAdministrator()];
  agent = await PasskeyAgent.found({ administrators: [ada, grace] });
  // A control plane that never answers.
  const witness = formatVkey(noteKey("witness.example", NOTE_TYPE.cosignature, new Uint8Array(32)));
  const environment = { id: "e", name: "Production" };
  writeLink(agent.dataDirectory, { ver: 1, gateway: "http://127.0.0.1:1", witness, environment, linkedAt: 1 });
  start();
  const answer = setNotices(notices, { webhook: url(), ca: identity.cert }, agent.clock.now());
  secret = answer.secret ?? "";
  await notices.look();
  hook.received.length = 0;
});
afterEach(async () => {
  await notices.close();
  await closeLink();
  await agent.close();
});

function start(): void {
  const link = startControlLink({ agent: agent.agent, urls: () => ({ rest: null, kmip: null }) });
  closeLink = () => link.close();
  notices = new AgentNotices({ agent: agent.agent, link });
}

const url = () => `https://localhost:${hook.port}/hook`;
const told = () => hook.received.map(({ body }) => JSON.parse(body));
const items = (kind: string) => told().flatMap(({ type, data }) => (type === kind ? data.items : []));

describe("with the control plane silent, the key server itself", () => {
  test("tells of a command that waits, signed, once, and again of nothing after a restart", async () => {
    const command = agent.propose("key.create", { args: { items: [newKey("very secret project")] } });
    await agent.deliver(command);
    await notices.look();
    await notices.look();
    expect(items("approvals.waiting")).toEqual([
      { kind: "command", id: command.hash, act: "key.create", at: command.command.exp },
    ]);
    const { headers, body } = hook.received[0] as WebhookReceiver["received"][number];
    const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
    expect(headers["webhook-signature"]).toBe(new Webhook(secret).sign(headers["webhook-id"] ?? "", at, body));
    expect(body).not.toContain("very secret project");
    await notices.close();
    await closeLink();
    await agent.restart();
    start();
    await notices.look();
    expect(items("approvals.waiting")).toHaveLength(1);
  });

  test("tells of a delay that began, and of what key it is about", async () => {
    const key = await agent.key("orders");
    await agent.apply("key.deactivate", { key: key.id });
    const destroy = agent.propose("key.destroy", { key: key.id });
    expect(await agent.deliver(destroy, 0, 1)).toMatchObject({ outcome: "scheduled" });
    await notices.look();
    expect(items("delays.started")).toMatchObject([{ kind: "key", id: key.id, name: "orders", act: "key.destroy" }]);
    setNotices(notices, { names: false }, agent.clock.now());
    await agent.deliver(agent.propose("key.label", { key: key.id, args: { label: "bills" } }));
    await notices.look();
    expect(JSON.stringify(items("approvals.waiting"))).not.toMatch(/orders|bills/);
  });

  test("tells that the control plane is silent, of many refusals, and that it is sealed", async () => {
    for (let n = 0; n < MANY_REFUSALS; n += 1) await agent.domain.admission.deliver(Buffer.from("{}"), "mailbox");
    await notices.look();
    expect(items("commands.refused")).toEqual([{ kind: "code", id: "E_UNSUPPORTED", count: MANY_REFUSALS }]);
    expect(items("control-plane.unreachable")).toEqual([]);
    agent.clock.advance(700);
    await notices.look();
    await notices.look();
    expect(items("control-plane.unreachable")).toMatchObject([{ kind: "agent", name: "agent one" }]);
    agent.agent.seal();
    await notices.look();
    expect(items("agents.sealed")).toMatchObject([{ kind: "agent", name: "agent one" }]);
  });

  test("tells of ends at 30, 7 and 1 days and on the day, and no more a week after", async () => {
    await agent.apply("key.create", { args: { items: [{ ...newKey("orders"), cryptoperiodSec: 40 * 86_400 }] } });
    const days: number[] = [];
    for (let day = 0; day < 60; day += 1) {
      agent.clock.advance(86_400);
      const before = items("expiries.near").filter(({ kind }) => kind === "key").length;
      await notices.look();
      if (items("expiries.near").filter(({ kind }) => kind === "key").length > before) days.push(day + 1);
    }
    expect(days).toEqual([10, 33, 39, 40]);
  });

  test("tells of a change of administrators that waits", async () => {
    agent.clock.advance(60);
    const { hash, outcome } = await agent.domain.links.propose({ renew: true });
    expect(outcome).toBe("pending");
    await notices.look();
    expect(items("approvals.waiting")).toMatchObject([{ kind: "administrators", id: hash, act: "roster.update" }]);
  });

  test("tells what was fully approved at once and never waited: rules, lock, and after a restart too", async () => {
    await agent.apply("domain.lock");
    await notices.look();
    await notices.look();
    expect(items("changes.decided")).toMatchObject([{ kind: "agent", act: "domain.lock" }]);
    await notices.close();
    await closeLink();
    await agent.apply("domain.unlock");
    start();
    await notices.look();
    expect(items("changes.decided")).toMatchObject([{ act: "domain.lock" }, { act: "domain.unlock" }]);
    const link = draft(agent, { renew: true });
    expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "applied" });
    await notices.look();
    expect(items("changes.decided").at(-1)).toMatchObject({ kind: "administrators", act: "roster", id: link.hash });
  });

  test("tells of every sealing, also of a second one the next day", async () => {
    for (let times = 1; times <= 2; times += 1) {
      agent.agent.seal();
      await notices.look();
      await notices.look();
      expect(items("agents.sealed")).toHaveLength(times);
      await agent.agent.unseal();
      await notices.look();
      agent.clock.advance(86_400);
    }
  });

  test("tells of a disk that does not make the store durable, once, and that it does again", async () => {
    const disk = new FailingDisk(join(agent.dataDirectory, "agent.db"));
    try {
      disk.fail(1_000);
      expect(() => agent.agent.store.sync()).toThrow(expect.objectContaining({ code: "E_STORE" }));
      expect(await agent.apply("domain.lock")).toMatchObject({ outcome: "refused", code: "E_STORE" });
      const since = agent.clock.now();
      await notices.look();
      await notices.look();
      const item = { kind: "agent", id: agent.domain.aid, name: "agent one", count: 1, at: since };
      expect(items("disks.failing")).toEqual([{ ...item, code: "E_STORE" }]);
      disk.fail(0);
      agent.clock.advance(1);
      await agent.key("orders");
      await notices.look();
      expect(items("disks.failing").slice(1)).toEqual([item]);
    } finally {
      disk.mend();
    }
  });

  test("tells of a second copy of itself that somebody has shown it", async () => {
    const evidence = { code: "E_SPLIT_BRAIN", at: 1_800_000_000, from: "witness.example", size: 3 } as const;
    keepEvidence(agent.dataDirectory, { ...evidence, ours: "a\n\n", theirs: "b\n\n" });
    await notices.look();
    await notices.look();
    const item = { kind: "witness", id: "witness.example", code: "E_SPLIT_BRAIN", at: 1_800_000_000 };
    expect(items("logs.forked")).toEqual([item]);
  });

  test("tells of a log that is not the one it signed", async () => {
    await agent.key("orders");
    await notices.close();
    await closeLink();
    await agent.restart(() => editStore(agent, "DELETE FROM leaf WHERE n = (SELECT max(n) FROM leaf)"));
    start();
    await notices.look();
    expect(items("logs.forked")).toContainEqual({ kind: "agent", id: agent.domain.aid, code: "E_LOG_ROLLBACK" });
  });

  test("sends mail as well, with its password under TLS only, and each receiver has tries of its own", async () => {
    hook.answer = 500;
    const smtp = `smtp://holdfast@localhost:${mail.port}`;
    setNotices(
      notices,
      { smtp, password: "word", from: "holdfast@example.com", to: ["anna@example.com"] },
      agent.clock.now(),
    );
    const tried = await notices.test();
    expect(tried).toMatchObject([
      { to: "webhook", state: "waiting", tries: 1, code: "C_STATUS" },
      { to: "anna@example.com", state: "delivered" },
    ]);
    expect(mail.received).toMatchObject([{ to: ["anna@example.com"], secure: true }]);
    hook.answer = 204;
    agent.clock.advance(10);
    await notices.look();
    expect(notices.last()[0]).toMatchObject({ to: "webhook", state: "delivered", tries: 2 });
    expect(mail.received).toHaveLength(1);
  });

  test("gives up after its tries, and says so", async () => {
    hook.answer = 500;
    await notices.test();
    for (let n = 0; n < 10; n += 1) {
      agent.clock.advance(70_000);
      await notices.look();
    }
    const [last] = notices.last().filter(({ notice }) => notice.kind === "notices.test");
    expect(last).toMatchObject({ state: "dead", tries: 8, code: "C_STATUS" });
  });
});

describe("a hostile mailbox with proposals that nobody signed", () => {
  const flood = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const command = agent.propose("key.create", { args: { items: [newKey(`x${n}`)] } });
      await agent.domain.admission.deliver(agent.envelope(command, []), "mailbox");
      agent.clock.advance(1);
      await notices.look();
    }
  };

  test("is summed up, and keeps no delay, fork or signed proposal from being told at once", async () => {
    const key = await agent.key("orders");
    await agent.apply("key.deactivate", { key: key.id });
    await flood(MOST_A_DAY + 5);
    expect(told().filter(({ type }) => type === "approvals.waiting")).toHaveLength(3);
    hook.received.length = 0;
    const evidence = { code: "E_SPLIT_BRAIN", at: 1_800_000_000, from: "witness.example", size: 3 } as const;
    keepEvidence(agent.dataDirectory, { ...evidence, ours: "a\n\n", theirs: "b\n\n" });
    const destroy = agent.propose("key.destroy", { key: key.id });
    await agent.deliver(destroy, 0);
    await notices.look();
    expect(items("logs.forked")).toMatchObject([{ code: "E_SPLIT_BRAIN" }]);
    expect(items("approvals.waiting")).toMatchObject([{ id: key.id, act: "key.destroy" }]);
    expect(await agent.deliver(destroy, 1)).toMatchObject({ outcome: "scheduled" });
    await notices.look();
    expect(items("delays.started")).toMatchObject([{ act: "key.destroy" }]);
    agent.clock.advance(601);
    await notices.look();
    expect(items("approvals.waiting").at(-1)).toMatchObject({ act: "key.create", count: MOST_A_DAY + 2 });
    expect(items("notices.limited")).toEqual([]);
  });

  test("displaces no notice that waits for a receiver, however many receivers there are", () => {
    const box = new NoticeBox(agent.dataDirectory);
    const to = ["webhook", "a@example.com", "b@example.com", "c@example.com", "d@example.com"];
    const source = { by: "key-server", name: "a" } as const;
    const put = (kind: "delays.started" | "approvals.waiting", n: number) =>
      box.put({ id: `${kind} ${n}`, kind, at: 1000 + n, source, items: [], more: 0 }, [], to);
    put("delays.started", 0);
    for (let n = 1; n <= 110; n += 1) put("approvals.waiting", n);
    const waits = box.due(2000);
    expect(waits.slice(0, 6).map(({ notice }) => notice.id)).toEqual([
      ...to.map(() => "delays.started 0"),
      "approvals.waiting 12",
    ]);
    expect(waits).toHaveLength(MOST_DELIVERIES);
    for (const each of waits.slice(-5)) box.record(each, { state: "delivered" });
    put("approvals.waiting", 111);
    expect(box.due(2000)).toHaveLength(MOST_DELIVERIES);
    expect(box.last(9999).every(({ state }) => state === "waiting")).toBe(true);
    expect(box.countSince(0, "approvals.waiting")).toBe(111);
  });
});

describe("the receivers of a key server", () => {
  test("are kept where only its own user reads them, and shown without their secrets", async () => {
    expect(statSync(join(agent.dataDirectory, "notices.json")).mode & 0o777).toBe(0o600);
    const again = setNotices(notices, {}, agent.clock.now());
    expect(again.secret).toBeNull();
    expect(JSON.stringify(again)).not.toMatch(/whsec_|\/hook/);
    expect(agent.lines.join("\n")).not.toMatch(/whsec_|\/hook/);
  });

  test("are signed to with the old and the new secret for a day after a change", async () => {
    const { secret: next } = setNotices(notices, { newSecret: true }, agent.clock.now());
    await notices.test();
    const { headers, body } = hook.received.at(-1) as WebhookReceiver["received"][number];
    const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
    const signatures = [next ?? "", secret].map((each) =>
      new Webhook(each).sign(headers["webhook-id"] ?? "", at, body),
    );
    expect(headers["webhook-signature"]).toBe(signatures.join(" "));
    agent.clock.advance(86_401);
    await notices.test();
    expect(hook.received.at(-1)?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  });

  test.each([
    { webhook: "http://receiver.example/" },
    { webhook: "https://a:b@receiver.example/" },
    { smtp: "smtp://mail.example", from: "a@example.com", to: ["b@example.com\r\nBcc: c@example.com"] },
    { smtp: "smtp://a:word@mail.example", from: "a@example.com", to: ["b@example.com"] },
    { smtp: "smtp://holdfast@mail.example", from: "a@example.com", to: ["b@example.com"] },
  ])("%j is refused, and those before stay", (body) => {
    const before = notices.config;
    expect(() => setNotices(notices, body, agent.clock.now())).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
    expect(notices.config).toEqual(before);
  });
});
