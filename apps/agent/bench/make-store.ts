// Makes an agent's folder with many keys, by the product's own way: commands of a thousand keys each, approved by the local
// administrator, admitted, carried out and logged. Run by start.bench.ts.
//   node apps/agent/bench/make-store.ts FOLDER KEYS
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";

const MOST_ITEMS = 1000;

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
for (let made = domain.keystore.counts().keys; made < Number(wanted); ) {
  const items = Array.from({ length: Math.min(MOST_ITEMS, Number(wanted) - made) }, (_, n) => ({
    ...{ label: `bench ${made + n}`, algorithm: "AES-256", usage: ["encrypt", "decrypt"] },
    ...{ group: "default", extractable: false },
  }));
  const { outcome, code } = await domain.admission.act({
    act: "key.create",
    args: { items },
    reason: "bench",
    wait: true,
  });
  if (outcome !== "applied") throw new TypeError(`The keys were not made: ${code ?? outcome}`);
  made += items.length;
}
await agent.close();
