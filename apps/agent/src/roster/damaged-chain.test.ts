import { renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys } from "../admission/testing/withstand.ts";
import { SETTINGS_FILE } from "../agent-settings.ts";
import { initAgent } from "../init-agent.ts";
import type { StoredRow } from "../keystore/store.ts";

let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  await agent.key("orders");
});
afterAll(() => agent.close());

function edit<T>(work: (store: DatabaseSync) => T): T {
  const store = new DatabaseSync(join(agent.dataDirectory, "agent.db"));
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** Damages the chain's first row. @returns what puts it back */
function damage(sql: string): () => void {
  const row = edit((store) =>
    store.prepare("SELECT id, body, leaf, mac FROM roster_link").get(),
  ) as unknown as StoredRow;
  edit((store) => store.exec(sql));
  return () =>
    edit((store) =>
      store.prepare("INSERT OR REPLACE INTO roster_link VALUES (?, ?, ?, ?)").run(row.id, row.body, row.leaf, row.mac),
    );
}

describe("a start with a damaged chain of administrators", () => {
  test.each([
    ["is gone", "DELETE FROM roster_link", /\(roster_link 0\) is gone/],
    ["cannot be read", "UPDATE roster_link SET body = x'7b'", /\(roster_link 0\) cannot be read/],
    ["was altered", "UPDATE roster_link SET mac = zeroblob(32)", /\(roster_link 0\) is not as this agent wrote it/],
  ])("says which document %s and to restore a backup, never that nothing was founded", async (_, sql, what) => {
    let putBack = () => {};
    const broken = agent.restart(() => {
      putBack = damage(sql);
    });
    await expect(broken).rejects.toMatchObject({
      code: "E_GENESIS",
      message: expect.stringMatching(what),
      next: expect.stringMatching(/restore a backup/),
    });
    putBack();
    await agent.start();
    await expectObeys(agent);
  });

  test("is no half-made folder: another init leaves it as it is, though the settings are gone too", async () => {
    const settings = join(agent.dataDirectory, SETTINGS_FILE);
    await agent.agent.close();
    const putBack = damage("UPDATE roster_link SET body = x'7b'");
    renameSync(settings, `${settings}.kept`);
    const again = { dataDirectory: agent.dataDirectory, name: "another", standalone: true } as const;
    await expect(initAgent(again as never)).rejects.toMatchObject({ code: "E_INITIALISED" });
    renameSync(`${settings}.kept`, settings);
    putBack();
    await agent.start();
    await expectObeys(agent);
  });
});
