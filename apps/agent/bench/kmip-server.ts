// The KMIP endpoint on an agent in a temporary folder. Run as a child of kmip-transport.bench.ts, with an answerer that
// gives each message back, which measures the transport alone; and of kmip-operations.bench.ts, with "operations", which
// makes each client a key of its own.
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { spkiHash } from "../src/clients/spki-hash.ts";
import { answerKmip } from "../src/endpoints/kmip/answer-kmip.ts";
import type { KmipAnswerer } from "../src/endpoints/kmip/kmip-answerer.ts";
import { startKmip } from "../src/endpoints/kmip/start-kmip.ts";
import { countersOf } from "../src/endpoints/metrics/counters.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";
import { uuidOfKeyId } from "../src/operations/object-uuid.ts";

const CLIENTS = 4;
const operating = process.argv[2] === "operations";

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
const clients: { cert: string; key: string; ca: string; uniqueIdentifier: string }[] = [];
for (let n = 0; n < CLIENTS; n += 1) {
  const auth = { kind: "issued", validitySec: 86_400 };
  const grants = [{ ops: ["all", "get"], keys: { kind: "own" } }];
  const args = { label: `bench ${n}`, auth, grants };
  const enrolled = await agent.domain?.admission.act({ act: "client.enrol", args, reason: "bench", wait: true });
  const file = (name: string): string =>
    Buffer.from(enrolled?.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
  const cert = file("client.crt");
  clients.push({ cert, key: file("client.key"), ca: file("ca.crt"), uniqueIdentifier: await keyOf(cert) });
}
const answer: KmipAnswerer = operating ? answerKmip : (message) => message;
const kmip = await startKmip({ agent, listen: "127.0.0.1:0", sans: [], answer });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const { open, refusals } = countersOf(agent).kmip;
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss(), open, refusals: Object.fromEntries(refusals) });
});
process.send?.({ port: Number(new URL(kmip.url).port), clients });

/** Makes a key of a client. @returns its Unique Identifier; empty where nothing is asked of keys */
async function keyOf(cert: string): Promise<string> {
  const { domain } = agent;
  if (!operating || domain === null) return "";
  const spki = spkiHash(new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" }));
  const caller = { client: domain.operations.identify(spki), from: "127.0.0.1" };
  const item = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], extractable: true } as const;
  const { id } = await domain.operations.createObject(caller, { ...item, dates: { activation: "now" } });
  return uuidOfKeyId(id);
}
