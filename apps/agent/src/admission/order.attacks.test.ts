import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approved, built, changed, create, editStore, encrypter, expectRefused } from "./testing/attack.ts";
import { newKey, PasskeyAgent } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

/** Rows of docs/threat-model/hostile-operator.md about order, time and what an agent holds against a mailbox or a host. */
let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
});
afterAll(() => agent.close());

describe("order and time", () => {
  test("rows 16 and 18: what came too early or without its predecessor is refused, and the first is still obeyed", async () => {
    const key = await agent.key();
    const rotate = () => agent.propose("key.rotate", { key: key.id });
    const first = rotate();
    const head = agent.domain.log.size + 1;
    const second = changed(rotate(), (command) => ({ ...command, expect: { ...command.expect, head, version: 2 } }));
    await expectRefused(agent, approved(agent, second), "E_PRESTATE");
    expect(await agent.deliver(first, 0)).toMatchObject({ outcome: "applied" });
    expect(agent.domain.keystore.findKey(key.id)?.current).toBe(2);
  });

  test("row 14: a rotation replayed after its receipts were wiped makes no other version", async () => {
    const key = await agent.key();
    const command = agent.propose("key.rotate", { key: key.id });
    await agent.deliver(command, 0);
    const again = await withstand(agent, "E_PRESTATE", async () => {
      await agent.restart(() => editStore(agent, "DELETE FROM receipt"));
      return agent.deliver(command, 0);
    });
    expect(again).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(agent.domain.keystore.findKey(key.id)?.current).toBe(2);
  });

  test("row 15: a creation replayed after the key was destroyed makes nothing, with its receipt and without", async () => {
    const command = create(agent);
    const { leaf } = await agent.deliver(command, 0);
    const made = [...agent.domain.keystore.keys()].find((key) => key.leaf === leaf) ?? expect.unreachable();
    await agent.apply("key.deactivate", { key: made.id });
    await agent.apply("key.destroy", { key: made.id });
    await agent.run(86_400 + 240);
    const replay = () => agent.deliver(command, 0);
    expect(await withstand(agent, null, replay)).toMatchObject({ outcome: "applied", leaf });
    await agent.restart(() => editStore(agent, "DELETE FROM receipt"));
    const without = await withstand(agent, "E_PRESTATE", replay);
    expect(without).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(agent.domain.keystore.findKey(made.id)?.state).toBe("destroyed");
  });

  test("row 17: a cancel that comes late, after a restart and twice cancels once and is on record", async () => {
    const key = await agent.key();
    await agent.apply("key.deactivate", { key: key.id });
    const destroy = agent.propose("key.destroy", { key: key.id });
    expect(await agent.deliver(destroy, 0)).toMatchObject({ outcome: "scheduled" });
    await agent.restart();
    const { size } = agent.domain.log;
    const no = agent.envelope(destroy, [agent.approve([destroy], { decision: 2 })]);
    for (let time = 0; time < 2; time += 1)
      expect(await agent.domain.admission.deliver(no, "mailbox")).toMatchObject({ outcome: "cancelled" });
    await agent.run(86_400 + 240);
    expect(agent.kinds(size).filter((kind) => kind.startsWith("command."))).toEqual(["command.cancelled"]);
    expect(agent.domain.keystore.findKey(key.id)?.state).toBe("deactivated");
  });

  test("row 78: a clock set back a year revives no command that is over", async () => {
    const command = create(agent);
    agent.clock.advance(command.command.exp - agent.clock.now() + 60);
    await agent.key("later");
    const now = agent.clock.now();
    const late = await withstand(agent, "E_CLOCK", async () => {
      agent.clock.setWall(now - 365 * 86_400);
      const decided = await agent.deliver(command, 0);
      agent.clock.setWall(now);
      return decided;
    });
    expect(late).toMatchObject({ outcome: "refused", code: "E_CLOCK" });
    await expectRefused(agent, approved(agent, command), "E_EXPIRED");
  });

  test("row 78: a clock set back within one run is measured by that run's own entries, and none is dated before another", async () => {
    const command = create(agent);
    agent.clock.advance(command.command.exp - agent.clock.now() + 60);
    await agent.key("later");
    const now = agent.clock.now();
    const { size } = agent.domain.log;
    const { keys } = agent.domain.keystore.counts();
    agent.clock.setWall(now - 3600);
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "refused", code: "E_CLOCK" });
    expect(agent.counted("E_CLOCK")).toBeGreaterThan(0);
    await agent.apply("domain.lock");
    const [entry] = agent.domain.log.entries(size, 1);
    expect(JSON.parse(Buffer.from(entry?.leaf ?? "", "base64url").toString("utf8")).ts).toBe(now);
    agent.clock.setWall(now);
    await agent.apply("domain.unlock");
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "refused", code: "E_EXPIRED" });
    expect(agent.domain.keystore.counts().keys).toBe(keys);
    await agent.key("honest");
  });

  test("row 141: a command that speaks of a later roster than the agent has is refused", async () => {
    const command = changed(create(agent), (each) => ({ ...each, roster: { seq: 9, hash: create(agent).hash } }));
    const { seq } = agent.domain.rosters.current().roster;
    await expectRefused(agent, approved(agent, command), "E_ROSTER_STALE");
    expect(agent.domain.rosters.current().roster.seq).toBe(seq);
  });
});

describe("what the agent holds against a mailbox", () => {
  test("row 100: no schedule destroys, exports or releases", async () => {
    const key = await agent.key();
    const honest = agent.propose("schedule.set", {
      key: key.id,
      args: { does: "rotate", everySec: 86_400 },
    });
    const text = Buffer.from(honest.bytes).toString("utf8");
    for (const does of ["destroy", "export", "release"]) {
      const bytes = Buffer.from(text.replace('"does":"rotate"', `"does":"${does}"`), "utf8");
      await expectRefused(agent, approved(agent, built(bytes, honest.command)), "E_ARGS");
    }
    expect(await agent.deliver(honest, 0)).toMatchObject({ outcome: "applied" });
  });

  test("row 130: a command that calls a key by another key's name is refused", async () => {
    const [orders, payroll] = [await agent.key("orders-db"), await agent.key("payroll-db")];
    const honest = agent.propose("key.destroy", { key: orders.id });
    const text = Buffer.from(honest.bytes).toString("utf8").replace('"orders-db"', `"${payroll.label}"`);
    const swapped = built(Buffer.from(text, "utf8"), honest.command);
    await expectRefused(agent, approved(agent, swapped), "E_PRESTATE");
    expect(agent.domain.keystore.findKey(orders.id)?.state).toBe("active");
  });

  test("row 138: a client that uses a key every second does not keep it from being suspended", async () => {
    const key = await agent.key();
    const encrypt = await encrypter(agent);
    const suspend = agent.propose("key.suspend", { key: key.id });
    for (let second = 0; second < 30; second += 1) {
      agent.clock.advance(1);
      encrypt(key.id);
      await agent.domain.admission.runDue();
    }
    expect(await agent.deliver(suspend, 0)).toMatchObject({ outcome: "applied" });
    expect(() => encrypt(key.id)).toThrow(expect.objectContaining({ code: "E_KEY_STATE" }));
  });

  test("row 143: junk is counted and never written: a thousand envelopes add no entry", async () => {
    const { size } = agent.domain.log;
    const before = agent.counted("E_CANON");
    await withstand(agent, "E_CANON", async () => {
      for (let n = 0; n < 1_000; n += 1) await agent.domain.admission.deliver(Buffer.from(`{"junk":${n}`), "mailbox");
      expect([agent.domain.log.size, agent.counted("E_CANON")]).toEqual([size, before + 1_000]);
    });
    expect(agent.domain.admission.pending()).toEqual([]);
  });
});

test("row 48: renewals that are withheld end what loosens, never use and never what tightens", async () => {
  const own = await PasskeyAgent.found();
  try {
    const key = await own.key();
    const encrypt = await encrypter(own, 800 * 86_400);
    own.clock.advance(401 * 86_400);
    expect(await own.apply("key.rotate", { key: key.id })).toMatchObject({ code: "E_ROSTER_EXPIRED" });
    expect(encrypt(key.id)).toBeDefined();
    expect(await own.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
  } finally {
    await own.close();
  }
});

test("row 81: a store that takes nothing any more refuses changes whole, and keys are used meanwhile", async () => {
  const key = await agent.key();
  const encrypt = await encrypter(agent);
  const before = [agent.domain.log.size, agent.domain.keystore.counts().keys];
  const { database } = agent.agent.store;
  const refused = { outcome: "refused", code: "E_STORE" };
  await withstand(agent, null, async () => {
    database.exec("PRAGMA query_only = ON"); // nothing is counted on a disk that takes nothing
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject(refused);
    expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject(refused);
    expect(encrypt(key.id)).toBeDefined();
    expect([agent.domain.log.size, agent.domain.keystore.counts().keys]).toEqual(before);
    database.exec("PRAGMA query_only = OFF");
  });
  expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "applied" });
  expect(agent.domain.keystore.findKey(key.id)?.current).toBe(2);
});

test("row 128: another root key in the store, with what opens it, opens no domain; its own put back does", async () => {
  const [own, other] = [await PasskeyAgent.found(), await PasskeyAgent.found()];
  try {
    const key = await own.key();
    const aside = `ATTACH '${own.dataDirectory}/kept.db' AS aside;`;
    const attach = `${aside} ATTACH '${other.dataDirectory}/agent.db' AS other`;
    const swap = `${attach}; CREATE TABLE aside.kept AS SELECT * FROM secret; DELETE FROM secret; INSERT INTO secret SELECT * FROM other.secret`;
    await expect(own.restart(() => editStore(own, swap))).rejects.toMatchObject({ code: "E_GENESIS" });
    editStore(own, `${aside} DELETE FROM secret; INSERT INTO secret SELECT * FROM aside.kept`);
    await own.start();
    expect(own.domain.keystore.findKey(key.id)).toMatchObject({ state: "active" });
  } finally {
    await own.close();
    await other.close();
  }
});
