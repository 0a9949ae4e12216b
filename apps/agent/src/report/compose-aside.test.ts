import { verifyReport } from "@holdfast/custody-report";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Domain } from "../domain.ts";
import { openTestAgent, type TestAgent } from "../operations/testing/open-test-domain.ts";
import { makeReport } from "./make-report.ts";

const ITEM = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false } as const;

let opened: TestAgent;
let domain: Domain;
beforeEach(async () => {
  opened = await openTestAgent();
  if (opened.agent.domain === null) throw new TypeError("the domain is not open");
  domain = opened.agent.domain;
  await createKey("before");
});
afterEach(() => opened.close());

async function createKey(label: string): Promise<void> {
  const args = { items: [{ ...ITEM, label }] };
  const answer = await domain.admission.act({ act: "key.create", args, reason: "", wait: false });
  expect(answer).toMatchObject({ outcome: "applied" });
}

/** Makes a report in the thread, and keys until it is there. */
async function reportBesides(): Promise<{ forms: Buffer[]; keys: number }> {
  let forms: Buffer[] | null = null;
  const made = makeReport(domain, { many: 0 }).then(({ files }) => {
    forms = files.map(({ base64 }) => Buffer.from(base64, "base64"));
  });
  let keys = 0;
  while (forms === null) {
    await createKey(`meanwhile-${++keys}`);
    await Promise.race([made, new Promise((resolve) => setImmediate(resolve))]);
  }
  return { forms, keys };
}

test("a long log's report is of the log as it was when it was asked for, and keys are made meanwhile", async () => {
  const { forms, keys } = await reportBesides();
  expect(forms).toHaveLength(2);
  for (const form of forms) {
    const { facts } = await verifyReport(new Uint8Array(form));
    expect(facts.keys.map(({ label }) => label)).toContain("before");
    // The thread reads, verifies and draws: what this thread makes besides is written and comes too late.
    expect(facts.keys.length).toBeLessThan(keys / 2);
  }
});

test("a log that does not hold is refused there by the same name as here", async () => {
  domain.store.database.exec("UPDATE leaf SET receipt = NULL WHERE receipt IS NOT NULL");
  const refused = [];
  for (const many of [0, Number.POSITIVE_INFINITY]) {
    const told = makeReport(domain, { many }).then(() => ({ code: "made" }));
    refused.push(await told.catch(({ code, message, detail }) => ({ code, message, detail })));
  }
  expect(refused[0]).toMatchObject({ code: "V_RECEIPT" });
  expect(refused[0]).toEqual(refused[1]);
});
