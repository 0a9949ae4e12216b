import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_PENDING } from "./pending.ts";
import { newKey, PasskeyAgent } from "./testing/passkey-agent.ts";

let agent: PasskeyAgent;
beforeEach(async () => {
  agent = await PasskeyAgent.found();
});
afterEach(() => agent.close());

const CREATE = { args: { items: [newKey()] } };

describe("commands that wait", () => {
  test("are bounded where nobody approved them, and a flood keeps no administrator and no command line out", async () => {
    for (let n = 0; n < MAX_PENDING; n += 1) await agent.deliver(agent.propose("key.create", CREATE));
    expect(agent.domain.admission.pending()).toHaveLength(MAX_PENDING);
    const more = await agent.deliver(agent.propose("key.create", CREATE));
    expect(more).toMatchObject({ outcome: "refused", code: "E_LIMIT" });
    const proposed = await agent.domain.admission.act({ act: "key.create", ...CREATE, reason: "", wait: false });
    expect(proposed).toMatchObject({ outcome: "pending" });
    expect(await agent.apply("key.create", CREATE)).toMatchObject({ outcome: "applied" });
  });

  test("are shown with the agent's own names, their words and what would happen now", async () => {
    const key = await agent.key("orders");
    const rotate = agent.propose("key.rotate", { key: "orders", reason: "yearly" });
    const destroy = agent.propose("key.destroy", { key: key.id });
    for (const command of [rotate, destroy]) await agent.deliver(command);
    const [first, second] = agent.domain.admission.pending();
    expect(first).toMatchObject({ hash: rotate.hash, status: "pending", have: 0, need: 1, dryRun: { ok: true } });
    expect(first?.words).toHaveLength(8);
    expect(second?.dryRun).toMatchObject({ ok: false, code: "E_PRESTATE", next: expect.any(String) });
    await agent.apply("key.suspend", { key: key.id });
    expect(agent.domain.admission.find(rotate.hash)?.dryRun).toMatchObject({ ok: false, code: "E_PRESTATE" });
  });

  test("for an enrolment secret show that it can be approved, and that it no longer can once its time is over", async () => {
    const profile = { most: 2, networks: ["10.0.0.0/8"], validitySec: 3600, renewable: false };
    const until = agent.clock.now() + 600;
    const args = { label: "web", ops: ["encrypt"], group: "default", ...profile, until };
    const permit = agent.propose("client.permit", { args });
    await agent.deliver(permit);
    expect(agent.domain.admission.find(permit.hash)?.dryRun).toEqual({ ok: true });
    await agent.run(600);
    expect(agent.domain.admission.find(permit.hash)?.dryRun).toMatchObject({ ok: false, code: "E_ARGS" });
  });

  test("that somebody wrote into the store are dropped unless they are commands, and approved by nobody", async () => {
    const command = agent.propose("key.create", CREATE);
    const record = { doc: command.doc, approvals: [], approvedAt: [], origin: "mailbox", receivedAt: 0 };
    const { store } = agent.domain;
    store.putPending({ hash: "x", body: "{" });
    store.putPending({ hash: agent.propose("key.create", CREATE).hash, body: JSON.stringify(record) });
    store.putPending({ hash: command.hash, body: JSON.stringify({ ...record, approvedAt: [1] }) });
    await agent.restart();
    expect(agent.domain.admission.pending()).toMatchObject([{ hash: command.hash, have: 0 }]);
    expect(agent.domain.keystore.counts().keys).toBe(0);
  });
});

describe("what the command line names", () => {
  test("is a key by id or a name that only one has", async () => {
    const [one, other] = [await agent.key("orders"), await agent.key("archive")];
    expect(agent.propose("key.rotate", { key: "archive" }).command.target).toMatchObject({ keyId: other.id });
    expect(agent.propose("key.rotate", { key: one.id }).command.target).toMatchObject({ label: "orders" });
    await agent.key("orders");
    for (const key of ["orders", "nothing", ""])
      expect(() => agent.propose("key.rotate", { key })).toThrow(expect.objectContaining({ code: "E_PRESTATE" }));
    expect(() => agent.propose("key.conjure")).toThrow(expect.objectContaining({ code: "E_UNSUPPORTED" }));
  });
});
