import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyReport } from "@holdfast/custody-report";
import { DECISION, type Decision, decodeBase64url } from "@holdfast/protocol";
import { FakeClock, SoftwareKey, SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decided } from "../admission/admission.ts";
import { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";
import { makeReport } from "./make-report.ts";

const ORIGIN = "http://agent.localhost:7400";
const folder = mkdtempSync(join(tmpdir(), "holdfast-passkey-report-"));
const dataDirectory = join(folder, "data");
const clock = new FakeClock();
const passkey = new SoftwarePasskey({ channel: "this-machine", rpId: "agent.localhost", origin: ORIGIN });
const NEW_KEY = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false } as const;

let agent: Agent;
let domain: Domain;

/** Registers the passkey at the agent's page and answers yes at its console. */
async function found(): Promise<void> {
  const { registration } = agent;
  const [, word = ""] = registration.newClaim().claimUrl.split("#");
  const opened = registration.openClaim(word);
  const challenge = decodeBase64url(opened.challenge);
  const recovery = SoftwareKey.make("EdDSA");
  await registration.register(opened.registration, {
    label: "Ada",
    attestation: passkey.create(challenge),
    possession: { credId: passkey.credId, ...passkey.get(challenge) },
    recovery: { cose: recovery.coseText, sig: recovery.signRaw("recover", challenge) },
  });
  await registration.confirm((registration.answer().words ?? []).join(" "));
  if (agent.domain === null) throw new TypeError("the domain is not open");
  domain = agent.domain;
}

async function propose(name: string, rest: { key?: string; args?: Record<string, unknown> } = {}): Promise<string> {
  const { hash, outcome } = await domain.admission.act({ act: name, args: {}, reason: "", wait: false, ...rest });
  expect(outcome).toBe("pending");
  return hash;
}

async function touch(list: readonly string[], decision: Decision = DECISION.approve): Promise<Decided["outcome"][]> {
  const { decision: _, list: __, ...assertion } = passkey.approve(list, { decision });
  const decided = await domain.admission.decide({ decision: decision as 1 | 2, list, assertion });
  return decided.map(({ outcome }) => outcome);
}

/** Lets the agent run: delays count its running time, at most two minutes a look. */
async function run(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 120) {
    clock.advance(120);
    await domain.admission.runDue();
  }
}

async function reported() {
  const { files } = await makeReport(domain);
  return verifyReport(new Uint8Array(Buffer.from(files[0]?.base64 ?? "", "base64")));
}

beforeAll(async () => {
  const made = { dataDirectory, keyDirectory: join(folder, "keys"), name: "keys-1", kek: { kind: "file" } } as const;
  await initAgent({ ...made, standalone: false });
  agent = await Agent.open({ dataDirectory, pageOrigin: ORIGIN, logger: silentLogger, clock });
  await found();
});

afterAll(async () => {
  await agent.close();
  rmSync(folder, { recursive: true });
});

describe("an agent with a passkey administrator", () => {
  test("reports several commands approved by one touch, each verified again", async () => {
    const items = ["one", "two", "three"].map((label) => ({ ...NEW_KEY, label }));
    const hashes = [await propose("key.create", { args: { items } }), await propose("domain.lock")];
    expect(await touch(hashes)).toEqual(["applied", "applied"]);
    expect(await touch([await propose("domain.unlock")])).toEqual(["applied"]);
    const { facts, content } = await reported();
    expect(facts.changes.map(({ kind, by, how, count }) => [kind, by, how, count])).toEqual([
      ["key.create", ["Ada"], "passkey", 3],
      ["domain.lock", ["Ada"], "passkey", 1],
      ["domain.unlock", ["Ada"], "passkey", 1],
    ]);
    expect(content.attention.map(({ text }) => text)).toContain("One administrator: no act needs a second person.");
  });

  test("reports a destruction that was scheduled and carried out, one that was cancelled, and a proposal rejected, and by whom", async () => {
    for (const key of ["one", "two"])
      expect(await touch([await propose("key.deactivate", { key })])).toEqual(["applied"]);
    const carried = await propose("key.destroy", { key: "one" });
    const cancelled = await propose("key.destroy", { key: "two" });
    expect(await touch([carried, cancelled])).toEqual(["scheduled", "scheduled"]);
    expect((await reported()).content.attention.filter(({ mark }) => mark === "destroy")).toHaveLength(2);
    expect(await touch([cancelled], DECISION.reject)).toEqual(["cancelled"]);
    const rejected = await propose("key.rotate", { key: "three" });
    expect(await touch([rejected], DECISION.reject)).toEqual(["cancelled"]);
    await run(86_400 + 240);
    const { facts, content } = await reported();
    expect(facts.keys.map(({ label, state }) => [label, state.state])).toEqual([
      ["one", "destroyed"],
      ["two", "deactivated"],
      ["three", "active"],
    ]);
    expect(facts.changes.slice(3).map(({ kind, act }) => [kind, act])).toEqual([
      ["key.deactivate", "key.deactivate"],
      ["key.deactivate", "key.deactivate"],
      ["command.scheduled", "key.destroy"],
      ["command.scheduled", "key.destroy"],
      ["command.cancelled", "key.destroy"],
      ["command.cancelled", "key.rotate"],
      ["key.destroy", "key.destroy"],
    ]);
    const decisions = content.tables.find(({ title }) => title === "Decisions in the period");
    const [one, two] = facts.keys.map(({ label, id }) => `${label} (${id.slice(0, 13)}…)`);
    expect(decisions?.rows.slice(0, 4).map((cells) => cells.slice(2).map(({ text }) => text))).toEqual([
      ["Key destroyed", one, "Ada"],
      ["Cancelled: key rotated", "three", "rejected by Ada"],
      ["Cancelled: key destroyed", two, "Ada; rejected by Ada"],
      ["Scheduled: key destroyed", two, "Ada"],
    ]);
  });

  test("reports a step of its clock and goes on", async () => {
    clock.setWall(clock.now() + 86_400);
    expect(await touch([await propose("key.suspend", { key: "three" })])).toEqual(["applied"]);
    clock.setWall(clock.now() - 86_400);
    const { content } = await reported();
    expect(content.attention.map(({ mark }) => mark)).toContain("clock");
  });
});
