// Opens the agent of a folder, as `serve` does before it listens, and encrypts with one of its keys. Run by start.bench.ts.
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { createProcessLogger } from "../src/logger.ts";

const [folder = ""] = process.argv.slice(2);
const loaded = performance.now();
const agent = await Agent.open({
  dataDirectory: join(folder, "data"),
  pageOrigin: null,
  logger: createProcessLogger(),
});
const opened = performance.now();
const { domain } = agent;
if (domain === null) throw new TypeError("A standalone agent opens with its domain.");
const [key] = domain.keystore.keys();
domain.keystore.handle(key?.id ?? "", 1).encryptSync(Buffer.from("first"));
const first = performance.now();
const { user, system } = process.cpuUsage();
const { keys, locked } = domain.keystore.counts();
const { heapUsed, external } = process.memoryUsage();
const peak = process.resourceUsage().maxRSS * 1024;
globalThis.gc?.();
const { rss } = process.memoryUsage();
process.send?.({ loaded, opened, first, cpu: (user + system) / 1000, keys, locked, rss, peak, heapUsed, external });
await agent.close();
