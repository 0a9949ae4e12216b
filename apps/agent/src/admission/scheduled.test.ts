import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeyRecord } from "../keystore/records.ts";
import { PasskeyAgent } from "./testing/passkey-agent.ts";

const DAY = 86_400;
let agent: PasskeyAgent;
let key: KeyRecord;

beforeEach(async () => {
  agent = await PasskeyAgent.found();
  key = await agent.key();
  await agent.apply("key.deactivate", { key: key.id });
});
afterEach(() => agent.close());

const state = () => agent.domain.keystore.findKey(key.id)?.state;

/** Changes the store while the agent is down. */
function edit(sql: string): void {
  const store = new DatabaseSync(join(agent.dataDirectory, "agent.db"));
  store.exec(sql);
  store.close();
}

describe("a scheduled destroy", () => {
  test("waits a day of running time, and is then carried out once", async () => {
    const command = agent.propose("key.destroy", { key: key.id });
    const decided = await agent.deliver(command, 0);
    expect(decided).toMatchObject({ outcome: "scheduled", due: agent.clock.now() + DAY });
    await agent.run(DAY - 60);
    expect(state()).toBe("deactivated");
    expect(agent.domain.admission.find(command.hash)).toMatchObject({ status: "scheduled" });
    await agent.run(120);
    expect(state()).toBe("destroyed");
    expect(agent.domain.admission.find(command.hash)).toMatchObject({ status: "applied" });
    const { size } = agent.domain.log;
    await agent.run(DAY);
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "applied" });
    expect(agent.domain.log.size).toBe(size);
  });

  test("row 79: counts only the time the agent runs, over restarts, and no turned clock shortens it", async () => {
    const command = agent.propose("key.destroy", { key: key.id });
    await agent.deliver(command, 0);
    await agent.run(DAY / 2);
    await agent.restart(() => agent.clock.advance(10 * DAY));
    agent.clock.setWall(agent.clock.now() + 30 * DAY);
    await agent.domain.admission.runDue();
    expect(state()).toBe("deactivated");
    await agent.run(DAY / 2 - 240);
    expect(state()).toBe("deactivated");
    await agent.run(480);
    expect(state()).toBe("destroyed");
  });

  test("lets the key take tightening acts only, and none of them moves the head that the destroy expects", async () => {
    await agent.deliver(agent.propose("key.destroy", { key: key.id }), 0);
    const label = agent.propose("key.label", { key: key.id, args: { label: "other" } });
    expect(await agent.deliver(label, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(await agent.apply("key.deactivate", { key: key.id })).toMatchObject({ outcome: "applied" });
    await agent.run(DAY + 240);
    expect(state()).toBe("destroyed");
  });

  test("is cancelled by one administrator at any time until then, also while the domain is locked", async () => {
    const command = agent.propose("key.destroy", { key: key.id });
    await agent.deliver(command, 0);
    await agent.apply("domain.lock");
    expect(await agent.touch([command], 2)).toMatchObject([{ outcome: "cancelled", code: "E_CANCELLED" }]);
    await agent.run(DAY + 240);
    expect(state()).toBe("deactivated");
    expect(agent.domain.keystore.findKey(key.id)).toMatchObject({ scheduled: null });
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "cancelled" });
  });

  test("is refused for good when it is due and the domain is locked then", async () => {
    const command = agent.propose("key.destroy", { key: key.id });
    await agent.deliver(command, 0);
    await agent.apply("domain.lock");
    await agent.run(DAY + 240);
    expect(agent.domain.admission.find(command.hash)).toMatchObject({ status: "refused" });
    await agent.apply("domain.unlock");
    await agent.run(DAY);
    expect(state()).toBe("deactivated");
  });

  test("whose row was taken out of the store locks its key, and is never carried out", async () => {
    await agent.deliver(agent.propose("key.destroy", { key: key.id }), 0);
    await agent.restart(() => edit("DELETE FROM scheduled"));
    expect(agent.domain.keystore.lockedObjects()).toEqual([{ id: key.id, kind: "key", code: "E_STATE_ROLLBACK" }]);
    await agent.run(DAY + 240);
    expect(state()).toBe("deactivated");
  });

  test("whose row was put back after a cancel is not carried out", async () => {
    const command = agent.propose("key.destroy", { key: key.id });
    await agent.deliver(command, 0);
    const kept = `ATTACH '${join(agent.dataDirectory, "kept.db")}' AS aside;`;
    await agent.restart(() => edit(`${kept} CREATE TABLE aside.kept AS SELECT * FROM scheduled`));
    await agent.touch([command], 2);
    await agent.restart(() => edit(`${kept} INSERT INTO scheduled SELECT * FROM aside.kept`));
    await agent.run(DAY + 240);
    expect(state()).toBe("deactivated");
    expect(agent.domain.keystore.lockedObjects()).toEqual([]);
  });
});
