// The KMIP endpoint with an answerer that gives each message back, on an agent in a temporary folder. Run as a child of
// kmip-transport.bench.ts: it measures the transport alone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { startKmip } from "../src/endpoints/kmip/start-kmip.ts";
import { countersOf } from "../src/endpoints/metrics/counters.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";

const CLIENTS = 4;

const base = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
const dataDirectory = join(base, "data");
const kek = { kind: "file" } as const;
await initAgent({ dataDirectory, keyDirectory: join(base, "keys"), name: "bench", kek, standalone: true });
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: createProcessLogger() });
process.once("disconnect", () => {
  void agent.close().finally(() => {
    rmSync(base, { recursive: true, force: true });
    process.exit(0);
  });
});
const clients: { cert: string; key: string; ca: string }[] = [];
for (let n = 0; n < CLIENTS; n += 1) {
  const auth = { kind: "issued", validitySec: 86_400 };
  const grants = [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }];
  const args = { label: `bench ${n}`, auth, grants };
  const enrolled = await agent.domain?.admission.act({ act: "client.enrol", args, reason: "bench", wait: true });
  const file = (name: string): string =>
    Buffer.from(enrolled?.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
  clients.push({ cert: file("client.crt"), key: file("client.key"), ca: file("ca.crt") });
}
const kmip = await startKmip({ agent, listen: "127.0.0.1:0", sans: [], answer: (message) => message });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const { open, refusals } = countersOf(agent).kmip;
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss(), open, refusals: Object.fromEntries(refusals) });
});
process.send?.({ port: Number(new URL(kmip.url).port), clients });
