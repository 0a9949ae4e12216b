import type { BuiltCommand } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_OF_PERSON, MAX_PENDING } from "./pending.ts";
import { newKey, PasskeyAgent } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

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
    expect(more).toMatchObject({ outcome: "refused", code: "E_LIMIT", next: expect.stringContaining("machine") });
    expect(await agent.deliver(agent.propose("domain.lock"))).toMatchObject({ outcome: "pending" });
    const proposed = await agent.domain.admission.act({ act: "key.create", ...CREATE, reason: "", wait: false });
    expect(proposed).toMatchObject({ outcome: "pending" });
    expect(await agent.apply("key.create", CREATE)).toMatchObject({ outcome: "applied" });
  });

  test("are bounded by person: what one alone approved keeps nobody else out, nor the host, nor what tightens", async () => {
    await agent.close();
    const administrators = ["Ada", "Grace", "Mallory"].map((label) => new SoftwareAdministrator({ label }));
    agent = await PasskeyAgent.found({ administrators });
    const { id } = await agent.key("mine");
    const auth = { kind: "issued", validitySec: 86_400 };
    const enrol = () =>
      agent.propose("client.enrol", {
        args: { label: "x", auth, grants: [{ ops: ["encrypt"], keys: { kind: "all" } }] },
      });
    const flood = async (commands: readonly BuiltCommand[]) => {
      const [list, said] = [[...commands], [] as string[]];
      while (list.length > 0) {
        const part = list.splice(0, 50);
        const yes = agent.approve(part, { by: 2 });
        for (const each of part)
          said.push((await agent.domain.admission.deliver(agent.envelope(each, [yes]), "mailbox")).code ?? "");
      }
      return said;
    };
    expect(new Set(await flood(Array.from({ length: MAX_OF_PERSON }, enrol)))).toEqual(new Set(["E_QUORUM"]));
    const more = enrol();
    const refused = await withstand(agent, "E_LIMIT", () => agent.deliver(more, 2));
    expect(refused).toMatchObject({ code: "E_LIMIT", next: expect.stringContaining("run out") });
    // Nor by approving what waits unsigned already.
    expect(await agent.deliver(more)).toMatchObject({ outcome: "pending" });
    expect(await agent.deliver(more, 2)).toMatchObject({ code: "E_LIMIT" });
    expect(await agent.deliver(more, 0)).toMatchObject({ outcome: "pending", have: 1 });
    expect(await agent.deliver(more, 2)).toMatchObject({ outcome: "applied" });
    for (const act of ["domain.lock", "domain.unlock"])
      expect(await agent.domain.admission.act({ act, args: {}, reason: "", wait: false })).toMatchObject({
        outcome: "pending",
      });
    expect(await agent.deliver(agent.propose("key.suspend", { key: id }), 2)).toMatchObject({
      outcome: "applied",
    });
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
