// Makes an agent's folder with many keys by the product's own way: a client makes them through the one door, some hundreds
// in a transaction, each with its entry in the log. Run by start.bench.ts.
//   node apps/agent/bench/make-store.ts FOLDER KEYS
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";
import { Operations } from "../src/operations/operations.ts";
import { enrolBenchClient } from "./bench-agent.ts";

const TOGETHER = 1024;

const [folder = "", wanted = "0"] = process.argv.slice(2);
const dataDirectory = join(folder, "data");
if (!existsSync(join(dataDirectory, "agent.json"))) {
  rmSync(dataDirectory, { recursive: true, force: true });
  const kek = { kind: "file" } as const;
  await initAgent({ dataDirectory, keyDirectory: join(folder, "keys"), name: "bench", kek, standalone: true });
}
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: createProcessLogger() });
const { domain } = agent;
if (domain === null) throw new TypeError("A standalone agent opens with its domain.");
const left = Number(wanted) - domain.keystore.counts().keys;
if (left > 0) {
  const { id } = await enrolBenchClient(domain, "bench", [{ ops: ["all"], keys: { kind: "own" } }]);
  const client = domain.keystore.findClient(id);
  if (client === null) throw new TypeError("The client was not enrolled.");
  const caller = { client, from: "127.0.0.1" };
  const operations = new Operations({ ...domain, createRate: { perSecond: 1e9, burst: 1e9 } });
  const item = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], extractable: false } as const;
  const dates = { activation: "now" } as const;
  for (let made = 0; made < left; made += TOGETHER) {
    const count = Math.min(TOGETHER, left - made);
    await Promise.all(Array.from({ length: count }, () => operations.createObject(caller, { ...item, dates })));
  }
}
await agent.close();
