import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "../src/agent.ts";
import type { Domain } from "../src/domain.ts";
import { initAgent } from "../src/init-agent.ts";
import { createProcessLogger } from "../src/logger.ts";

/** A standalone agent in a temporary folder. */
export interface BenchAgent {
  readonly agent: Agent;
  readonly domain: Domain;
  /** Ends it and takes its folder away. */
  close(): Promise<void>;
}

/** A client's files, in PEM. */
export interface BenchClient {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Makes and opens a standalone agent. */
export async function openBenchAgent(): Promise<BenchAgent> {
  const base = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const dataDirectory = join(base, "data");
  const kek = { kind: "file" } as const;
  await initAgent({ dataDirectory, keyDirectory: join(base, "keys"), name: "bench", kek, standalone: true });
  const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: createProcessLogger() });
  const { domain } = agent;
  if (domain === null) throw new TypeError("A standalone agent opens with its domain.");
  return {
    agent,
    domain,
    async close() {
      await agent.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Enrols a client of its own with such grants. */
export async function enrolBenchClient(domain: Domain, label: string, grants: readonly object[]): Promise<BenchClient> {
  const auth = { kind: "issued", validitySec: 86_400 };
  const args = { label, auth, grants };
  const enrolled = await domain.admission.act({ act: "client.enrol", args, reason: "bench", wait: true });
  const file = (name: string): string =>
    Buffer.from(enrolled.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
  const id = enrolled.client?.clientId ?? "";
  return { id, cert: file("client.crt"), key: file("client.key"), ca: file("ca.crt") };
}

/** Ends a child's agent with its parent. */
export function endWithParent(close: () => Promise<void>): void {
  process.once("disconnect", () => void close().finally(() => process.exit(0)));
}
