import { afterAll, beforeAll, expect, test } from "vitest";
import { keyView } from "../admission/views.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { keyText } from "./key-text.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

test("a key shows what was planned for it and how much it may protect, however it was made", async () => {
  const item = { label: "x", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false };
  const request = { act: "key.create", args: { items: [item] }, reason: "", wait: false };
  const { keys: [made] = [] } = await domain.admission.act(request);
  const record = domain.keystore.findKey(made?.keyId ?? "");
  if (!record) throw new TypeError("the key is not there");
  const at = Date.UTC(2027, 0, 31, 3) / 1000;
  const dates = { ...record.dates, activation: at, processStart: at, protectStop: at + 60, deactivation: at + 120 };
  const limits = { unit: "object", total: 12, spent: 3 } as const;
  const place = { keystore: domain.keystore, now: at - 1 };
  const planned = keyText(keyView({ ...record, state: "pre-active", dates, limits }, place));
  for (const line of [
    "active from 2027-01-31 03:00",
    "opens nothing before 2027-01-31 03:00",
    "protects nothing from 2027-01-31 03:01",
    "retired by itself at 2027-01-31 03:02",
    "protects 12 objects in all",
  ])
    expect(planned).toContain(line);
  expect(keyText(keyView(record, place))).not.toMatch(/planned|limit/);
});
