import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseLeaf } from "@holdfast/protocol";
import { FakeClock } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PasskeyAgent } from "./admission/testing/passkey-agent.ts";
import { Agent } from "./agent.ts";
import type { KekChoice } from "./custody/kek-source.ts";
import { testRecovery } from "./custody/testing/test-recovery.ts";
import type { Domain } from "./domain.ts";
import { initAgent } from "./init-agent.ts";
import { silentLogger } from "./logger.ts";

const PASSPHRASE = "correct horse battery staple";
const ITEM = {
  label: "orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};
const CREATE = { act: "key.create", args: { items: [ITEM] }, reason: "", wait: false };
const ENROL = {
  act: "client.enrol",
  args: {
    label: "shop",
    auth: { kind: "issued", validitySec: 86_400 },
    grants: [{ ops: ["all"], keys: { kind: "all" } }],
  },
  reason: "",
  wait: false,
};

let folder: string;
let clock: FakeClock;
const agents: Agent[] = [];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-agent-")));
  clock = new FakeClock(Math.floor(Date.now() / 1000));
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

const dataDirectory = () => join(folder, "data");
const keyDirectory = () => join(folder, "keys");

async function init(kek: KekChoice = { kind: "file" }, standalone = true) {
  return initAgent({
    ...{ dataDirectory: dataDirectory(), keyDirectory: keyDirectory(), name: "agent one", kek, standalone },
    recoveryPassphrase: await testRecovery(),
  });
}

async function open(): Promise<Agent> {
  const agent = await Agent.open({ dataDirectory: dataDirectory(), pageOrigin: null, logger: silentLogger, clock });
  agents.push(agent);
  return agent;
}

function domainOf({ domain }: Agent): Domain {
  if (domain === null) throw new TypeError("the domain is not open");
  return domain;
}

const kinds = (domain: Domain) =>
  domain.log.entries(0, 1_000).map(({ leaf }) => parseLeaf(Buffer.from(leaf, "base64url")).kind);

describe("a standalone agent", () => {
  test("makes a key and a client at its administrator's word, and serves them again after a restart", async () => {
    const made = await init();
    const first = await open();
    const key = await domainOf(first).admission.act(CREATE);
    const client = await domainOf(first).admission.act(ENROL);
    expect(key).toMatchObject({ outcome: "applied", keys: [{ label: "orders", state: "active" }] });
    expect(client.files?.map(({ name }) => name)).toEqual(["client.crt", "client.key", "ca.crt"]);
    await first.close();
    const domain = domainOf(await open());
    expect(domain.tid).toBe(made.tid);
    expect(domain.local).toBe(true);
    expect([...domain.keystore.keys()].map(({ id }) => id)).toEqual(key.keys?.map(({ keyId }) => keyId));
    expect(domain.keystore.findClient(client.client?.clientId ?? "")?.state).toBe("active");
    expect(kinds(domain)).toEqual(["genesis", "agent.start", "key.create", "client.enrol", "agent.start"]);
  });

  test("refuses what it cannot do by code and next step, and puts it on record", async () => {
    await init();
    const { admission, index } = domainOf(await open());
    const refused = await admission
      .act({ ...CREATE, act: "key.rotate", args: {}, key: "nothing" })
      .catch((error) => error);
    expect(refused).toMatchObject({ code: "E_PRESTATE" });
    await admission.act(CREATE);
    const destroy = await admission.act({ ...CREATE, act: "key.destroy", args: {}, key: "orders" });
    expect(destroy).toMatchObject({ outcome: "refused", code: "E_PRESTATE", next: expect.any(String) });
    expect(index.hasRefusal(destroy.hash, "E_PRESTATE")).toBe(true);
  });
});

describe("a data folder", () => {
  test("is served by one agent at a time", async () => {
    await init();
    const first = await open();
    await expect(open()).rejects.toMatchObject({ code: "E_DATA_SERVED", next: expect.stringMatching(/socket/) });
    await first.close();
    expect((await open()).domain).not.toBeNull();
  });

  test("with a trigger in its store is not served, and a key that was there is there once the trigger is gone", async () => {
    await init();
    const first = await open();
    await domainOf(first).admission.act(CREATE);
    await first.close();
    const edit = (sql: string) => {
      const store = new DatabaseSync(join(dataDirectory(), "agent.db"));
      store.exec(sql);
      store.close();
    };
    edit("CREATE TRIGGER t AFTER INSERT ON leaf BEGIN DELETE FROM key; END");
    await expect(open()).rejects.toMatchObject({ code: "E_STORE_FORM" });
    edit("DROP TRIGGER t");
    expect([...domainOf(await open()).keystore.keys()].map(({ locked }) => locked)).toEqual([null]);
  });

  test("without an agent is refused, and so is a second init", async () => {
    await expect(open()).rejects.toMatchObject({ code: "E_STORE" });
    await init();
    await expect(init()).rejects.toMatchObject({ code: "E_INITIALISED" });
  });

  test("holds no key, key-encryption key or client key in clear, and is worth nothing without the key file", async () => {
    await init();
    const agent = await open();
    const domain = domainOf(agent);
    await domain.admission.act(CREATE);
    const { files = [] } = await domain.admission.act(ENROL);
    const pem = Buffer.from(files.find(({ name }) => name === "client.key")?.base64 ?? "", "base64").toString("utf8");
    const clientKey = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const [kekFile = ""] = readdirSync(keyDirectory()).filter((name) => name.endsWith(".kek"));
    const kek = readFileSync(join(keyDirectory(), kekFile));
    await agent.close();
    const bytes = Buffer.concat(readdirSync(dataDirectory()).map((name) => readFileSync(join(dataDirectory(), name))));
    for (const secret of [clientKey.subarray(36, 68), kek]) {
      expect(bytes.includes(secret)).toBe(false);
      expect(bytes.includes(secret.toString("base64url"))).toBe(false);
      expect(bytes.includes(secret.toString("hex"))).toBe(false);
    }
    rmSync(keyDirectory(), { recursive: true });
    const sealed = await open();
    expect(sealed.sealed).toBe(true);
    expect(sealed.domain).toBeNull();
    await expect(sealed.unseal()).rejects.toMatchObject({ code: "E_KEK_FILE" });
    expect(sealed.tid).toBe(domain.tid);
  });
});

describe("sealing", () => {
  test("drops every key, tells the surfaces, is on record, and ends with the right passphrase only", async () => {
    await init({ kind: "passphrase", passphrase: PASSPHRASE });
    const agent = await open();
    expect(agent.sealed).toBe(true);
    const told: (string | null)[] = [];
    agent.onDomain((domain) => told.push(domain?.tid ?? null));
    await expect(agent.unseal("another passphrase")).rejects.toMatchObject({ code: "E_KEK" });
    await agent.unseal(PASSPHRASE);
    const domain = domainOf(agent);
    const { keys = [] } = await domain.admission.act(CREATE);
    const keyId = keys[0]?.keyId ?? "";
    const handle = domain.keystore.handle(keyId, 1);
    agent.seal();
    expect(agent.domain).toBeNull();
    expect(() => handle.checkValue()).toThrow();
    expect(() => domain.keystore.handle(keyId, 1)).toThrow(expect.objectContaining({ code: "E_SEALED" }));
    await expect(domain.admission.act(CREATE)).rejects.toMatchObject({ code: "E_SEALED" });
    await agent.unseal(PASSPHRASE);
    expect(told).toEqual([null, domain.tid, null, domain.tid]);
    expect(kinds(domainOf(agent))).toEqual(["genesis", "agent.unseal", "key.create", "agent.seal", "agent.unseal"]);
    expect(domainOf(agent).keystore.handle(keyId, 1).checkValue()).toBe(keys[0]?.kcv);
  });

  test("lets a command line that waits go, with its command still pending", async () => {
    const test = await PasskeyAgent.found();
    try {
      const waiting = test.domain.admission.act({ ...CREATE, wait: true });
      await expect.poll(() => test.domain.admission.pending().length).toBe(1);
      test.agent.seal();
      expect(await waiting).toMatchObject({ outcome: "pending" });
      await test.agent.unseal();
      expect(test.domain.admission.pending()).toMatchObject([{ status: "pending" }]);
    } finally {
      await test.close();
    }
  });

  test("works with a store that takes nothing any more, whose refused changes change nothing", async () => {
    await init();
    const agent = await open();
    const domain = domainOf(agent);
    const { size } = domain.log;
    agent.store.database.exec("PRAGMA query_only = ON");
    expect(await domain.admission.act(CREATE)).toMatchObject({ outcome: "refused", code: "E_STORE" });
    expect([domain.log.size, domain.keystore.counts().keys]).toEqual([size, 0]);
    agent.seal();
    expect(agent.sealed).toBe(true);
    agent.store.database.exec("PRAGMA query_only = OFF");
    await agent.unseal();
    expect(await domainOf(agent).admission.act(CREATE)).toMatchObject({ outcome: "applied" });
    expect(domainOf(agent).problem).toBeNull();
  });

  test("leaves the host's own lock in force", async () => {
    await init();
    const agent = await open();
    domainOf(agent).executor.lockByHost();
    agent.seal();
    await agent.unseal();
    expect(await domainOf(agent).admission.act(CREATE)).toMatchObject({ outcome: "refused", code: "E_LOCKED" });
    await domainOf(agent).admission.act({ ...CREATE, act: "domain.unlock", args: {} });
    expect(await domainOf(agent).admission.act(CREATE)).toMatchObject({ outcome: "applied" });
  });
});
