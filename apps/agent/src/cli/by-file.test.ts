import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { commandHash, encodeBase64url, type PasskeyApproval, type Roster } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAdmin } from "../admin/admin-server.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { startControlLink } from "../control-link/start-control-link.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { AgentPages } from "../local-page/agent-pages.ts";
import { AgentNotices } from "../notices/agent-notices.ts";
import { CommandLineRun } from "./testing/command-line-run.ts";

const people = ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label }));

let agent: PasskeyAgent;
let line: CommandLineRun;
let listener: Listener;
beforeAll(async () => {
  const ofTwo = { act: "key.create", m: 2, delaySec: 0, maxTtlSec: 259_200 } as const;
  const change = (roster: Roster): Roster => {
    return { ...roster, policy: [...roster.policy.filter(({ act }) => act !== ofTwo.act), ofTwo] };
  };
  agent = await PasskeyAgent.found({ administrators: people, change });
  line = new CommandLineRun();
  listener = await serve();
});
afterAll(async () => {
  await listener.close();
  await line.close();
  await agent.close();
});

async function serve(): Promise<Listener> {
  const urls = { rest: null, kmip: null, page: null, metrics: null };
  const link = startControlLink({ agent: agent.agent, urls: () => urls });
  const pages = await AgentPages.start({ agent: agent.agent, plan: null, admin: line.path("a.sock"), sans: [] });
  const notices = new AgentNotices({ agent: agent.agent, link });
  const surroundings = { agent: agent.agent, link, pages, notices, places: () => ({ urls, linked: null }) };
  return startAdmin(surroundings, line.path("a.sock"));
}

const run = (...words: string[]) => line.run(...words, "--admin", line.path("a.sock"));
const stricter = () => {
  const { policy } = agent.domain.rosters.current().roster;
  return policy.map((rule) => ({ ...rule, maxTtlSec: 3_600 }));
};

/** One touch at the key server's page. */
function touch(by: 0 | 1, hash: string) {
  const { decision: _, list, ...assertion } = agent.approve([{ hash }], { by }) as PasskeyApproval;
  return agent.domain.admission.decide({ decision: 1, list, assertion });
}

describe("a command travels by file", () => {
  test("with the approvals it has: a key server that has lost what waited takes it, and one more approval applies it", async () => {
    const proposed = await run("key", "create", "--name", "carried");
    const hash: string = proposed.json.pending;
    expect([proposed.code, await touch(0, hash)]).toMatchObject([3, [{ outcome: "pending" }]]);
    const exported = await run("command", "export", hash, "--out", line.path("carried.env"));
    expect([exported.code, exported.json]).toEqual([0, { hash, status: "pending", path: line.path("carried.env") }]);

    await listener.close();
    await agent.restart(() => {
      const store = new DatabaseSync(join(agent.dataDirectory, "agent.db"));
      store.exec("DELETE FROM pending");
      store.close();
    });
    listener = await serve();
    expect((await run("command", "list")).json).toEqual({ commands: [] });
    expect(await touch(1, hash)).toMatchObject([{ outcome: "refused" }]);

    const delivered = await run("command", "deliver", line.path("carried.env"));
    expect(delivered.code).toBe(3);
    expect(delivered.json).toMatchObject({ hash, outcome: "pending", have: 1, need: 2 });
    expect(delivered.json.approveUrl).toMatch(new RegExp(`/approve#${hash}$`));
    expect(await touch(1, hash)).toMatchObject([{ outcome: "applied" }]);
    expect([...agent.domain.keystore.keys()].map(({ label }) => label)).toEqual(["carried"]);

    const again = await run("command", "export", hash, "--out", line.path("applied.env"));
    expect(again.json).toMatchObject({ status: "applied" });
    expect((await run("command", "deliver", line.path("applied.env"))).json).toMatchObject({ outcome: "applied" });
    expect(agent.domain.keystore.counts().keys).toBe(1);
  }, 60_000);

  test("and changes nothing where it was changed on the way, or is unknown", async () => {
    const { json } = await run("key", "create", "--name", "honest");
    await touch(0, json.pending);
    await run("command", "export", json.pending, "--out", line.path("honest.env"));
    const changed = JSON.parse(readFileSync(line.path("honest.env"), "utf8"));
    const bytes = Buffer.from(Buffer.from(changed.doc, "base64url").toString("utf8").replace("honest", "forged"));
    const approvals = [{ ...changed.approvals[0], list: [commandHash(bytes)] }];
    const envelope = { ...changed, doc: encodeBase64url(bytes), approvals };
    writeFileSync(line.path("forged.env"), JSON.stringify(envelope));
    const forged = () => run("command", "deliver", line.path("forged.env"));
    expect(await withstand(agent, "E_ASSERT_CLIENTDATA", forged)).toMatchObject({
      code: 1,
      json: { error: { code: "E_ASSERT_CLIENTDATA", next: expect.stringMatching(/\S/) } },
    });
    const unknown = await run("command", "export", "A".repeat(43), "--out", line.path("none.env"));
    expect(unknown).toMatchObject({ code: 1, json: { error: { code: "E_NOT_FOUND" } } });
    const twice = await run("command", "export", json.pending, "--out", line.path("honest.env"));
    expect(twice).toMatchObject({ code: 1, json: { error: { code: "E_FILE" } } });
    const link = await agent.domain.links.propose({ policy: stricter() });
    const change = await run("command", "export", link.hash, "--out", line.path("change.env"));
    expect(change.json).toMatchObject({ hash: link.hash, status: "pending" });
  }, 60_000);
});

test("what waits is listed with what it is about and when it is carried out", async () => {
  const made = await run("key", "create", "--name", "ledger");
  const listed = async (hash: string) => {
    const { json } = await run("command", "list");
    return json.commands.find((each: { hash: string }) => each.hash === hash);
  };
  expect(await listed(made.json.pending)).toMatchObject({ title: "key.create ledger", target: null, due: null });
  for (const by of [0, 1] as const) await touch(by, made.json.pending);
  const key = [...agent.domain.keystore.keys()].find(({ label }) => label === "ledger") ?? expect.unreachable();
  const retired = await run("key", "deactivate", key.id, "--yes");
  expect(await listed(retired.json.pending)).toMatchObject({
    title: `key.deactivate ledger (${key.id})`,
    target: { kind: "key", keyId: key.id, label: "ledger" },
    due: null,
  });
  await touch(0, retired.json.pending);
  const destroyed = await run("key", "destroy", key.id, "--yes");
  for (const by of [0, 1] as const) await touch(by, destroyed.json.pending);
  const scheduled = await listed(destroyed.json.pending);
  expect(scheduled).toMatchObject({ title: `key.destroy ledger (${key.id})`, status: "scheduled" });
  const due: number = scheduled.due;
  expect(due).toBeGreaterThan(Date.now() / 1000 + 3600);
}, 60_000);
