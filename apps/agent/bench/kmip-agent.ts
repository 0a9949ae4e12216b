// A standalone agent with its KMIP endpoint in a temporary folder. Run as a child of kmip.bench.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import { answerKmip } from "../src/endpoints/kmip/answer-kmip.ts";
import { startKmip } from "../src/endpoints/kmip/start-kmip.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";
import { answerParent } from "./parent.ts";

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
const enrolled = await agent.domain?.admission.act({
  act: "client.enrol",
  args: {
    label: "bench",
    auth: { kind: "issued", validitySec: 86_400 },
    grants: [{ ops: ["all", "get"], keys: { kind: "own" } }],
  },
  reason: "bench",
  wait: true,
});
const file = (name: string): string =>
  Buffer.from(enrolled?.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
const kmip = await startKmip({ agent, listen: "127.0.0.1:0", sans: [], answer: answerKmip });
answerParent({
  port: Number(new URL(kmip.url).port),
  ...{ cert: file("client.crt"), key: file("client.key"), ca: file("ca.crt") },
});
