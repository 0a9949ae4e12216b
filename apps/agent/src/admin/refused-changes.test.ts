import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { refusedChanges } from "./refused-changes.ts";

test("who starts a key server whose store was put back, or that is locked, is told that it takes no change, why and what to do", async () => {
  const agent = await PasskeyAgent.found();
  try {
    const [store, aside] = ["agent.db", "aside.db"].map((name) => join(agent.dataDirectory, name)) as [string, string];
    expect(refusedChanges(agent.agent)).toBeNull();
    await agent.restart(() => copyFileSync(store, aside));
    await agent.key("lost with the store");
    await agent.apply("domain.lock");
    expect(refusedChanges(agent.agent)).toMatchObject({ code: "E_LOCKED" });
    await agent.restart(() => {
      for (const end of ["-wal", "-shm"]) rmSync(`${store}${end}`, { force: true });
      copyFileSync(aside, store);
    });
    expect(refusedChanges(agent.agent)).toMatchObject({
      code: "E_LOG_ROLLBACK",
      what: expect.stringMatching(/\w/),
      next: expect.stringMatching(/\w/),
    });
    expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({
      outcome: "refused",
      code: "E_RECOVERING",
    });
  } finally {
    await agent.close();
  }
});
