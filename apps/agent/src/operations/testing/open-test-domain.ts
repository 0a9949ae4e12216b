import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "@holdfast/crypto";
import { commandHash, deriveClientId } from "@holdfast/protocol";
import { Agent } from "../../agent.ts";
import { testRecovery } from "../../custody/testing/test-recovery.ts";
import type { Domain } from "../../domain.ts";
import { initAgent } from "../../init-agent.ts";
import type { Grant, KeyRecord } from "../../keystore/records.ts";
import type { AdmittedCommand } from "../../lifecycle/admitted-command.ts";
import type { IssuedClient } from "../../lifecycle/client-issuer.ts";
import { type Logger, silentLogger } from "../../logger.ts";
import { type Clock, systemClock } from "../../self-check/clock.ts";

/** An agent in a folder of its own, standalone unless it is to be founded later. Tests only. */
export interface TestAgent {
  readonly agent: Agent;
  readonly dataDirectory: string;
  close(): Promise<void>;
}

/** The domain of a standalone agent, with commands carried out past admission. Tests only. */
export interface TestDomain extends Domain, TestAgent {
  apply(act: string, args: object, target?: object): void;
  createKey(options?: Partial<Pick<KeyRecord, "label" | "group" | "usage">> & { alias?: string }): KeyRecord;
  keyTo(keyId: string, ...acts: string[]): void;
  enrol(label: string, grants: readonly Grant[], validitySec?: number): Promise<TestClient>;
  revoke(clientId: string): void;
}

/** An enrolled client with its files. */
export interface TestClient {
  readonly id: string;
  readonly spki: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** How a test's agent is made. */
export interface TestAgentOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly standalone?: boolean;
}

/** Makes and opens an agent. */
export async function openTestAgent(options: TestAgentOptions = {}): Promise<TestAgent> {
  const { clock = systemClock, logger = silentLogger, standalone = true } = options;
  const base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-use-")));
  const dataDirectory = join(base, "data");
  await initAgent({
    ...{ dataDirectory, standalone, keyDirectory: join(base, "keys"), name: "test agent" },
    kek: { kind: "file" },
    recoveryPassphrase: await testRecovery(),
  });
  const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger, clock });
  return {
    agent,
    dataDirectory,
    async close() {
      await agent.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Makes an agent with its domain. */
export async function openTestDomain(options: TestAgentOptions = {}): Promise<TestDomain> {
  const test = await openTestAgent(options);
  const { domain } = test.agent;
  if (domain === null) throw new TypeError("A standalone agent opens with its domain.");
  const { keystore } = domain;
  return {
    ...domain,
    ...test,
    apply: (act, args, target) => carryOut(domain, { act, args, target }),
    createKey(key = {}) {
      const before = new Set([...keystore.keys()].map(({ id }) => id));
      const defaults = { label: "orders", group: "default", usage: ["encrypt", "decrypt"] };
      carryOut(domain, {
        act: "key.create",
        args: { items: [{ ...defaults, algorithm: "AES-256", extractable: false, ...key }] },
      });
      return [...keystore.keys()].find(({ id }) => !before.has(id)) as KeyRecord;
    },
    keyTo(keyId, ...acts) {
      for (const act of acts) carryOut(domain, { act, args: {}, target: { kind: "key", keyId } });
    },
    enrol: (label, grants, validitySec = 3600) => enrol(domain, { label, grants, validitySec }),
    revoke: (client) => carryOut(domain, { act: "client.revoke", args: {}, target: { kind: "client", client } }),
  };
}

async function enrol(
  domain: Domain,
  args: { readonly label: string; readonly grants: readonly Grant[]; readonly validitySec: number },
): Promise<TestClient> {
  const { label, grants, validitySec } = args;
  const hash = commandHash(randomBytes(32));
  const id = deriveClientId(hash);
  const issued = await domain.authority.issueClient({ clientId: id, label, validitySec });
  const auth = { kind: "issued", validitySec };
  carryOut(domain, { act: "client.enrol", args: { label, auth, grants }, hash, issued });
  const file = (name: string) =>
    Buffer.from(issued.files.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
  return { id, spki: issued.spkiHash, cert: file("client.crt"), key: file("client.key"), ca: file("ca.crt") };
}

function carryOut(
  { executor }: Domain,
  command: { act: string; args: object; target?: object | undefined; hash?: string; issued?: IssuedClient },
): void {
  const { act, args, target, hash = commandHash(randomBytes(32)), issued = null } = command;
  const admitted = { hash, issued, envelopeHash: hash, envelope: new Uint8Array(1), by: [], local: true };
  executor.apply({ ...admitted, command: { act, args, target }, recheck() {} } as unknown as AdmittedCommand);
}
