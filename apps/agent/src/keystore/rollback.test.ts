import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys } from "../admission/testing/withstand.ts";
import type { ClientRecord, KeyRecord } from "./records.ts";
import type { StoredRow } from "./store.ts";

let agent: PasskeyAgent;
let kept: KeyRecord;
let key: KeyRecord;
let client: ClientRecord;

beforeEach(async () => {
  agent = await PasskeyAgent.found();
  kept = await agent.key("kept");
  key = await agent.key("orders");
  client = await enrol("shop");
});
afterEach(() => agent.close());

async function enrol(label: string): Promise<ClientRecord> {
  const grants = [{ ops: ["encrypt", "decrypt"], keys: { kind: "all" } }];
  await agent.apply("client.enrol", { args: { label, auth: { kind: "issued", validitySec: 30 * 86_400 }, grants } });
  return [...agent.domain.keystore.clients()].find((each) => each.label === label) as ClientRecord;
}

/** Code of the refusal, or `served`. */
function tried(work: () => unknown): string {
  try {
    work();
    return "served";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Whether a client is served, and what encrypting under a key comes to. */
const asks = (keyId: string, spki = client.auth.spki) =>
  tried(() => {
    const { operations } = agent.domain;
    const caller = { client: operations.identify(spki), from: "127.0.0.1" };
    return operations.encrypt(caller, { name: keyId }, { plaintext: Buffer.from("secret") });
  });

const storePath = () => join(agent.dataDirectory, "agent.db");

function edit<T>(work: (store: DatabaseSync) => T): T {
  const store = new DatabaseSync(storePath());
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** Copies a row as it is now, and gives what puts it back. */
function copyRow(table: string, id: string): () => void {
  const row = edit((store) => store.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id)) as unknown as StoredRow;
  return () =>
    edit((store) => {
      const { body, leaf, mac } = row;
      store
        .prepare(`INSERT OR REPLACE INTO ${table} (id, body, leaf, mac) VALUES (?, ?, ?, ?)`)
        .run(id, body, leaf, mac);
    });
}

const locked = () => agent.domain.keystore.lockedObjects();

describe("row 129: one old valid row put back in the store", () => {
  afterEach(async () => {
    if (!agent.domain.keystore.domain().locked) await expectObeys(agent);
  });

  test("of a revoked client locks that client, and the rest serves", async () => {
    const other = await enrol("other");
    const putBack = copyRow("client", client.id);
    await agent.apply("client.revoke", { client: client.id });
    await agent.restart(putBack);
    expect(locked()).toEqual([{ id: client.id, kind: "client", code: "E_STATE_ROLLBACK" }]);
    expect(asks(key.id)).toBe("E_STATE_ROLLBACK");
    expect(asks(key.id, other.auth.spki)).toBe("served");
  });

  test("of a suspended key locks that key, and the rest serves", async () => {
    const putBack = copyRow("key", key.id);
    await agent.apply("key.suspend", { key: key.id });
    expect(asks(key.id)).toBe("E_KEY_STATE");
    await agent.restart(putBack);
    expect(locked()).toEqual([{ id: key.id, kind: "key", code: "E_STATE_ROLLBACK" }]);
    expect(asks(key.id)).toBe("E_STATE_ROLLBACK");
    expect(asks(kept.id)).toBe("served");
    expect(await agent.apply("key.rotate", { key: kept.id })).toMatchObject({ outcome: "applied" });
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ code: "E_STATE_ROLLBACK" });
  });

  test("of a destroyed key brings nothing back, its material included", async () => {
    const putBack = [copyRow("key", key.id), copyRow("key_version", `${key.id}/1`)];
    await agent.apply("key.deactivate", { key: key.id });
    await agent.apply("key.destroy", { key: key.id });
    await agent.run(86_400 + 240);
    expect(agent.domain.keystore.findKey(key.id)?.state).toBe("destroyed");
    await agent.restart(() => {
      for (const each of putBack) each();
    });
    expect(asks(key.id)).toBe("E_STATE_ROLLBACK");
    expect(tried(() => agent.domain.keystore.handle(key.id, 1))).toBe("E_STATE_ROLLBACK");
  });

  test("of a locked domain leaves the domain locked and unable to change anything", async () => {
    const putBack = copyRow("setting", "domain");
    await agent.apply("domain.lock");
    await agent.restart(putBack);
    expect(locked()).toEqual([{ id: agent.domain.tid, kind: "domain", code: "E_STATE_ROLLBACK" }]);
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "refused" });
    expect(asks(key.id)).toBe("served");
  });
});

describe("row 76: a row that is not as this agent wrote it", () => {
  afterEach(() => expectObeys(agent));

  test.each(["key", "client"] as const)("locks its %s, and the rest serves", async (table) => {
    const id = table === "key" ? key.id : client.id;
    const other = await enrol("other");
    await agent.restart(() => {
      edit((store) => {
        const { body } = store.prepare(`SELECT body FROM ${table} WHERE id = ?`).get(id) as { body: Uint8Array };
        const text = Buffer.from(body).toString("utf8").replace('"active"', '"actuve"');
        store.prepare(`UPDATE ${table} SET body = ? WHERE id = ?`).run(Buffer.from(text), id);
      });
    });
    expect(locked()).toEqual([{ id, kind: table, code: "E_STATE_MAC" }]);
    if (table === "key") expect(asks(key.id)).toBe("E_STATE_MAC");
    else expect(asks(key.id)).toBe("E_CLIENT");
    expect(asks(kept.id, other.auth.spki)).toBe("served");
  });

  test("or that is not there any more locks its object", async () => {
    await agent.restart(() => edit((store) => store.prepare("DELETE FROM key WHERE id = ?").run(key.id)));
    expect(locked()).toEqual([{ id: key.id, kind: "key", code: "E_STATE_ROLLBACK" }]);
    expect(asks(kept.id)).toBe("served");
  });

  test("or whose material belongs to another key locks its object", async () => {
    const swap = () =>
      edit((store) => {
        const { body } = store.prepare("SELECT body FROM key_version WHERE id = ?").get(`${kept.id}/1`) as never;
        store.prepare("UPDATE key_version SET body = ? WHERE id = ?").run(body, `${key.id}/1`);
      });
    await agent.restart(swap);
    expect(asks(key.id)).toBe("E_STATE_MAC");
    expect(asks(kept.id)).toBe("served");
  });
});

describe("the log against its signed checkpoint", () => {
  test("a whole older store put back is found: use goes on, nothing is changed", async () => {
    const copy = join(agent.dataDirectory, "..", "older.db");
    await agent.restart(() => copyFileSync(storePath(), copy));
    await agent.apply("key.suspend", { key: key.id });
    await agent.restart(() => {
      for (const file of readdirSync(agent.dataDirectory)) {
        if (file.startsWith("agent.db")) rmSync(join(agent.dataDirectory, file));
      }
      copyFileSync(copy, storePath());
    });
    expect(agent.domain.problem).toBe("E_LOG_ROLLBACK");
    expect(await agent.apply("key.rotate", { key: kept.id })).toMatchObject({
      outcome: "refused",
      code: "E_RECOVERING",
    });
    expect(asks(kept.id)).toBe("served");
  });

  test.each([
    [
      "an entry changed",
      "UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), 'key.create', 'key.rotate') AS BLOB) WHERE n = 2",
    ],
    ["an entry taken out", "DELETE FROM leaf WHERE n = 2"],
    ["the newest entry taken out", "DELETE FROM leaf WHERE n = (SELECT max(n) FROM leaf)"],
  ])("row 77: %s is found: nothing is written any more", async (_how, sql) => {
    const held = () => [...agent.domain.keystore.keys()].map(({ id, state, current }) => [id, state, current]);
    const before = held();
    await agent.restart(() => edit((store) => store.exec(sql)));
    expect(agent.domain.problem).toMatch(/^E_LOG_/);
    const { size } = agent.domain.log;
    const counted = agent.counted("E_RECOVERING");
    expect(await agent.apply("key.rotate", { key: kept.id })).toMatchObject({
      outcome: "refused",
      code: "E_RECOVERING",
      next: expect.not.stringContaining("restore accept"),
    });
    expect([agent.domain.log.size, agent.counted("E_RECOVERING")]).toEqual([size, counted + 1]);
    expect(held()).toEqual(before);
  });

  test("a checkpoint that another key signed is found", async () => {
    const path = join(agent.dataDirectory, "checkpoint");
    await agent.restart(() => {
      const note = readFileSync(path, "utf8");
      writeFileSync(
        path,
        note.replace(/^(\d+)$/m, (size) => String(Number(size) - 1)),
      );
    });
    expect(agent.domain.problem).toBe("E_LOG_CORRUPT");
  });

  test("a checkpoint that is not readable is found, and neither overwritten nor built on", async () => {
    const path = join(agent.dataDirectory, "checkpoint");
    await agent.restart(() => writeFileSync(path, "torn"));
    expect(agent.domain.problem).toBe("E_LOG_CORRUPT");
    expect(tried(() => agent.domain.executor.lockByHost())).toBe("E_LOG_CORRUPT");
    expect(readFileSync(path, "utf8")).toBe("torn");
    expect(asks(kept.id)).toBe("served");
  });
});
