import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { decodeBase64url, parseReceipt } from "@holdfast/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";
import { FAULT_POINTS, type FaultPointName } from "./fault-point-names.ts";

const PROCESS = fileURLToPath(new URL("./testing/create-key-process.ts", import.meta.url));
/** The how-manieth time a step is the key's: a start signs a checkpoint, then writes an entry of its own with another. */
const TIMES: Partial<Record<FaultPointName, number>> = {
  "executor:begun": 2,
  "executor:committed": 2,
  "executor:before-checkpoint": 3,
  "executor:after-checkpoint": 3,
};
/** From this step on the transaction is durable. */
const DURABLE: ReadonlySet<FaultPointName> = new Set([
  "executor:committed",
  "executor:before-checkpoint",
  "executor:after-checkpoint",
]);

let folder: string;
let dataDirectory: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-power-loss-"));
  dataDirectory = join(folder, "data");
  await initAgent({
    ...{ dataDirectory, keyDirectory: join(folder, "keys"), name: "agent one", standalone: true },
    kek: { kind: "file" },
    recoveryPassphrase: "a drawer in another house",
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts an agent that creates a key, and dies where it is told to. */
function createKey(fault: string | null): Promise<{ signal: NodeJS.Signals | null; printed: string }> {
  const env = { ...process.env, ...(fault === null ? {} : { HOLDFAST_FAULT: fault }) };
  const child = spawn(process.execPath, [PROCESS, dataDirectory], { env, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (text: Buffer) => {
    printed += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => resolve({ signal, printed: printed.trim() }));
  });
}

/** What the store itself holds, whoever wrote it. */
function readStore() {
  const store = new DatabaseSync(join(dataDirectory, "agent.db"), { readOnly: true });
  const count = (sql: string) => Number((store.prepare(`SELECT count(*) AS n FROM ${sql}`).get() as { n: number }).n);
  const receipts = store.prepare("SELECT leaf FROM receipt ORDER BY leaf").all() as { leaf: number }[];
  const beside = store.prepare("SELECT n, bytes, receipt FROM leaf WHERE receipt IS NOT NULL ORDER BY n").all() as {
    n: number;
    bytes: Uint8Array;
    receipt: string;
  }[];
  const counts = { keys: count("key"), versions: count("key_version"), leaves: count("leaf") };
  store.close();
  return { ...counts, receipts: receipts.map(({ leaf }) => leaf), beside };
}

/** Never half a key, never a receipt without its leaf, never a leaf of a command without its receipt. */
function expectWhole(expectedKeys: number): void {
  const { keys, versions, leaves, receipts, beside } = readStore();
  expect({ keys, versions, receipts: receipts.length }).toEqual({
    keys: expectedKeys,
    versions: expectedKeys,
    receipts: expectedKeys,
  });
  expect(receipts).toEqual(beside.map(({ n }) => n));
  for (const { n, bytes, receipt } of beside) {
    const { leaf, size, cmd } = parseReceipt(decodeBase64url(JSON.parse(receipt).doc));
    expect({ leaf, size }).toEqual({ leaf: n, size: n + 1 });
    expect(JSON.parse(Buffer.from(bytes).toString("utf8"))).toMatchObject({ kind: "key.create", cause: { hash: cmd } });
    expect(size).toBeLessThanOrEqual(leaves);
  }
}

test.each(FAULT_POINTS)("row 80: a power loss at %s leaves a whole key or none, and a restart heals", async (point) => {
  const died = await createKey(`${point}*${TIMES[point] ?? 1}`);
  expect(died).toEqual({ signal: "SIGKILL", printed: "" });
  const made = DURABLE.has(point) ? 1 : 0;
  expectWhole(made);

  expect(await createKey(null)).toEqual({ signal: null, printed: "applied" });
  expectWhole(made + 1);

  const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  try {
    const { domain } = agent;
    expect(domain?.problem).toBeNull();
    expect(domain?.keystore.lockedObjects()).toEqual([]);
    const opened = [...(domain?.keystore.keys() ?? [])].map(({ id }) => domain?.keystore.handle(id, 1).checkValue());
    expect(new Set(opened).size).toBe(made + 1);
  } finally {
    await agent.close();
  }
});
