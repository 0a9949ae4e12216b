import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";

const PROCESS = fileURLToPath(new URL("./testing/client-change-process.ts", import.meta.url));
/** Steps of a client's transaction, with the time at which the process reaches them: its start writes an entry first. */
const POINTS = ["executor:begun*2", "executor:after-rows", "executor:after-leaves"] as const;
/** From these on the transaction is durable. A start signs a checkpoint of its own before that of its entry. */
const DURABLE = ["executor:committed*2", "executor:before-checkpoint*3", "executor:after-checkpoint*3"] as const;

let folder: string;
let dataDirectory: string;
let clientId: string;
let keyId: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-power-loss-"));
  dataDirectory = join(folder, "data");
  await initAgent({
    ...{ dataDirectory, keyDirectory: join(folder, "keys"), name: "agent one", standalone: true },
    kek: { kind: "file" },
    recoveryPassphrase: "a drawer in another house",
  });
  await withDomain(async ({ admission, keystore, operations }) => {
    const grants = [{ ops: ["all", "get", "derive"], keys: { kind: "own" } }];
    const args = { label: "app", auth: { kind: "issued", validitySec: 86_400 }, grants };
    const answer = await admission.act({ act: "client.enrol", args, reason: "", wait: false });
    clientId = answer.client?.clientId ?? "";
    const client = keystore.findClient(clientId) ?? expect.unreachable();
    const made = await operations.createObject(
      { client, from: "127.0.0.1" },
      {
        ...{ algorithm: "AES-256", usage: ["encrypt", "decrypt"], extractable: true },
        names: [{ value: "orders", kind: "text" }],
      },
    );
    keyId = made.id;
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function withDomain<T>(work: (domain: Domain) => Promise<T> | T): Promise<T> {
  const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  try {
    if (agent.domain === null) return expect.unreachable();
    expect(agent.domain.problem).toBeNull();
    expect(agent.domain.keystore.lockedObjects()).toEqual([]);
    return await work(agent.domain);
  } finally {
    await agent.close();
  }
}

/** Starts an agent that does one thing for the client, and dies where it is told to. */
function run(what: string, fault: string | null): Promise<{ signal: NodeJS.Signals | null; printed: string }> {
  const env = { ...process.env, ...(fault === null ? {} : { HOLDFAST_FAULT: fault }) };
  const words = [PROCESS, dataDirectory, clientId, what, keyId];
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (text: Buffer) => {
    printed += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => resolve({ signal, printed: printed.trim() }));
  });
}

/** What there is after a restart, in the terms of all four changes. */
const found = () =>
  withDomain(({ keystore, log }) => {
    const keys = [...keystore.keys()];
    const kinds = log
      .entries(0, log.size)
      .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString()).kind);
    for (const { id, state } of keys) if (!state.startsWith("destroyed")) keystore.handle(id, 1);
    return {
      pairs: keys.filter(({ links }) => links.some(({ kind }) => kind.endsWith("-key"))).length,
      named: keys.filter(({ names }) => names.length > 0).length,
      replaced: keys.filter(({ links }) => links.some(({ kind }) => kind.startsWith("replace"))).length,
      released: kinds.filter((kind) => kind === "release").length,
      destroyed: keys.filter(({ state }) => state === "destroyed").length,
    };
  });

const NOTHING = { pairs: 0, named: 1, replaced: 0, released: 0, destroyed: 0 };
const CHANGES = {
  pair: { ...NOTHING, pairs: 2 },
  rekey: { ...NOTHING, replaced: 2 },
  release: { ...NOTHING, released: 1 },
  destroy: { ...NOTHING, destroyed: 1 },
} as const;

test.each(Object.keys(CHANGES) as (keyof typeof CHANGES)[])(
  "a power loss in a client's %s leaves all of it or nothing, and nobody was told",
  async (what) => {
    for (const point of POINTS) {
      expect(await run(what, point), point).toEqual({ signal: "SIGKILL", printed: "" });
      expect(await found(), point).toEqual(NOTHING);
    }
    const point = DURABLE[Object.keys(CHANGES).indexOf(what) % DURABLE.length] ?? expect.unreachable();
    expect(await run(what, point), point).toEqual({ signal: "SIGKILL", printed: "" });
    expect(await found(), point).toEqual(CHANGES[what]);
  },
  60_000,
);
