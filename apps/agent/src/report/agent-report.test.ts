import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyReport } from "@holdfast/custody-report";
import { parseAttest, verifyAttest, wordsOf } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActAnswer } from "../admin/answers.ts";
import { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";
import { attest } from "./attest.ts";
import { makeReport } from "./make-report.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-report-"));
const dataDirectory = join(folder, "data");
const keyDirectory = join(folder, "keys");
const NEW_KEY = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false } as const;

let agent: Agent;
let domain: Domain;

async function open(): Promise<void> {
  agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  if (agent.domain === null) throw new TypeError("the domain is not open");
  domain = agent.domain;
}

async function act(
  name: string,
  rest: { key?: string; client?: string; args?: Record<string, unknown> },
): Promise<ActAnswer> {
  const answer = await domain.admission.act({ act: name, args: {}, reason: "", wait: false, ...rest });
  expect(answer).toMatchObject({ outcome: "applied" });
  return answer;
}

async function filesOf(): Promise<{ pdf: Uint8Array; bundle: Uint8Array }> {
  const { files } = await makeReport(domain);
  const [pdf, bundle] = files.map(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64")));
  return { pdf: pdf ?? new Uint8Array(), bundle: bundle ?? new Uint8Array() };
}

beforeAll(async () => {
  await initAgent({ dataDirectory, keyDirectory, name: "keys-1", kek: { kind: "file" }, standalone: true });
  await open();
});

afterAll(async () => {
  await agent.close();
  rmSync(folder, { recursive: true });
});

describe("a standalone agent", () => {
  test("reports its whole life: keys, clients, use, restarts", async () => {
    const made = await act("key.create", {
      args: {
        items: [
          { ...NEW_KEY, label: "invoices" },
          { ...NEW_KEY, label: "archive" },
        ],
      },
    });
    const [first, second] = made.keys ?? [];
    const key = first?.keyId ?? "";
    const grants = [{ ops: ["encrypt", "decrypt", "create"], keys: { kind: "group", id: "default" } }];
    const enrolled = await act("client.enrol", {
      args: { label: "billing", auth: { kind: "issued", validitySec: 86_400 }, grants },
    });
    const client = domain.keystore.findClient(enrolled.client?.clientId ?? "");
    if (client === null) throw new TypeError("the client is not there");
    domain.operations.createKey({ client, from: "127.0.0.1" }, { ...NEW_KEY, label: "made by the client" });
    const minute = Math.floor(domain.guard.time() / 60);
    domain.executor.recordUse([
      { keyId: key, clientId: client.id, minute, ops: { encrypt: 7 }, bytes: 700, root: domain.log.root() },
    ]);
    for (const name of ["key.rotate", "key.suspend", "key.suspend", "key.resume", "key.deactivate"])
      await act(name, { key });
    await act("key.label", { key, args: { label: "old invoices" } });
    await act("key.destroy", { key });
    await act("key.compromise", { key: second?.keyId ?? "" });
    await act("client.revoke", { client: client.id });
    await act("domain.lock", {});
    await act("domain.unlock", {});
    await agent.close();
    await open();

    const { pdf, bundle } = await filesOf();
    if (process.env["HOLDFAST_KEEP_REPORT"]) writeFileSync(process.env["HOLDFAST_KEEP_REPORT"], pdf);
    const words = wordsOf(domain.tid).join(" ");
    expect(await verifyReport(bundle, { words })).toMatchObject({ compared: true });
    const { facts, content } = await verifyReport(pdf, { words });
    expect(facts.keys.map(({ label, state, use }) => [label, state.state, state.current, use.count])).toEqual([
      ["old invoices", "destroyed", 2, 7],
      ["archive", "compromised", 1, 0],
      ["made by the client", "active", 1, 0],
    ]);
    expect(facts.clients.map(({ label, state }) => [label, state.state])).toEqual([["billing", "revoked"]]);
    expect(facts.events.map(({ kind }) => kind)).toEqual(["genesis", "agent.start", "agent.start", "report"]);
    expect(content.attention.map(({ mark }) => mark)).toEqual([
      "exposed",
      "backup",
      "people",
      "KEK",
      "witness",
      "host",
    ]);
  });

  test("attests under a nonce of the asker's to what it is and holds", async () => {
    const nonce = Buffer.alloc(16, 7).toString("base64url");
    const signed = attest(domain, nonce);
    const { size } = domain.log;
    await verifyAttest(signed, agent.identity.aik);
    expect(parseAttest(Buffer.from(signed.doc, "base64url"))).toMatchObject({
      nonce,
      keys: { count: 3 },
      unseal: "file",
      checkpoint: { size },
    });
  });

  test("reports again once a restored state was accepted, and what was lost with it", async () => {
    const { keystore, log } = domain;
    keystore.replaceDomain({ ...keystore.domain(), recovering: true });
    await expect(makeReport(domain)).rejects.toMatchObject({ code: "E_RECOVERING" });
    await act("restore.accept", { args: { size: log.size, root: log.root() } });
    const { facts } = await verifyReport((await filesOf()).pdf);
    expect(facts.changes.at(-1)?.kind).toBe("restore.accept");
    expect(facts.events.map(({ kind }) => kind)).toContain("loss");
  });

  test("puts every report on record", async () => {
    const before = domain.log.size;
    await makeReport(domain);
    expect(domain.log.size).toBe(before + 1);
  });
});
