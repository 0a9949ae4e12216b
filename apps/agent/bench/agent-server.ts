// A standalone agent with its REST endpoint in a temporary folder. Run as a child of rest.bench.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { startRest } from "../src/endpoints/rest/start-rest.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";
import { answerParent } from "./parent.ts";

const base = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
const dataDirectory = join(base, "data");
await initAgent({
  dataDirectory,
  keyDirectory: join(base, "keys"),
  name: "bench",
  kek: { kind: "file" },
  standalone: true,
});
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: createProcessLogger() });
process.once("disconnect", () => {
  void agent.close().finally(() => {
    rmSync(base, { recursive: true, force: true });
    process.exit(0);
  });
});
const { domain } = agent;
if (domain === null) throw new TypeError("A standalone agent opens with its domain.");

const request = { reason: "bench", wait: true };
const item = {
  label: "bench",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};
const created = await domain.admission.act({ ...request, act: "key.create", args: { items: [item] } });
const grants = [{ ops: ["decrypt", "encrypt"], keys: { kind: "group", id: "default" } }];
const auth = { kind: "issued", validitySec: 3600 };
const enrolled = await domain.admission.act({
  ...request,
  act: "client.enrol",
  args: { label: "bench", auth, grants },
});
const file = (name: string): string =>
  Buffer.from(enrolled.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();

const rest = await startRest({ agent, listen: "127.0.0.1:0", sans: [] });
const server = await domain.authority.issueServer(["localhost"]);
const ca = file("ca.crt");
answerParent({
  port: Number(new URL(rest.url).port),
  keyId: created.keys?.[0]?.keyId,
  client: { cert: file("client.crt"), key: file("client.key"), ca },
  server: { cert: server.certPem, key: server.keyPem, ca },
});
