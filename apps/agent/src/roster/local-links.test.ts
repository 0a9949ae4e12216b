import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draftRoster, encodeBase64url, encodeEnvelope, encodeRoster } from "@holdfast/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { testRecovery } from "../custody/testing/test-recovery.ts";
import type { Domain } from "../domain.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";

let folder: string;
let agent: Agent;
let domain: Domain;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-local-links-"));
  const dataDirectory = join(folder, "data");
  await initAgent({
    ...{ dataDirectory, keyDirectory: join(folder, "keys"), name: "agent one", standalone: true },
    kek: { kind: "file" },
    recoveryPassphrase: await testRecovery(),
  });
  agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  if (agent.domain === null) throw new TypeError("the domain is not open");
  domain = agent.domain;
});
afterEach(async () => {
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

function renewal(): Uint8Array<ArrayBuffer> {
  const roster = draftRoster(domain.rosters.current(), { renew: true }, domain.guard.time() + 1);
  const doc = encodeBase64url(encodeRoster(roster));
  return encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [] });
}

test("a local administrator approves at the socket what came by a file, or says no to it", async () => {
  const envelope = renewal();
  const first = await domain.links.deliver(envelope, "file");
  expect(first).toMatchObject({ outcome: "pending", old: { have: 0, need: 1 } });
  expect(await domain.links.cancel(first.hash)).toMatchObject({ outcome: "cancelled" });
  expect(await domain.links.deliver(envelope, "file")).toMatchObject({ outcome: "cancelled" });
  const roster = draftRoster(domain.rosters.current(), { policy: "default", renew: true }, domain.guard.time() + 2);
  const doc = encodeBase64url(encodeRoster(roster));
  const second = await domain.links.deliver(encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [] }), "file");
  expect(await domain.links.approve(second.hash)).toMatchObject({ outcome: "applied" });
  expect(domain.rosters.current().hash).toBe(second.hash);
});

test("row 158: a local administrator's approval that came by mailbox decides on no change of administrators", async () => {
  const shorter = domain.rosters.current().roster.policy.map((rule) => ({ ...rule, maxTtlSec: 3_600 }));
  const proposed = await domain.links.propose({ policy: shorter });
  expect(proposed).toMatchObject({ outcome: "applied" });
  const [entry] = domain.log.entries(proposed.leaf ?? 0, 1);
  const approvals = domain.rosters.links().at(-1)?.approvals ?? [];
  expect(approvals).toHaveLength(1);
  const doc = JSON.parse(Buffer.from(renewal()).toString("utf8")).doc as string;
  const replayed = encodeEnvelope({ typ: "env", ver: 1, doc, approvals });
  expect(await domain.links.deliver(replayed, "mailbox")).toMatchObject({ outcome: "refused", code: "E_LOCAL_ADMIN" });
  expect(domain.rosters.current().roster.seq).toBe(1);
  expect(entry?.receipt).toBeDefined();
  expect(await domain.links.propose({ policy: "default" })).toMatchObject({ outcome: "applied" });
});
