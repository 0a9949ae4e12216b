import { afterAll, beforeAll, expect, test } from "vitest";
import { keyView } from "../admission/views.ts";
import { callerWith } from "../operations/testing/caller-with.ts";
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
  const place = { keystore: domain.keystore, now: at - 1, unspent: () => 2 };
  const planned = keyText(keyView({ ...record, state: "pre-active", dates, limits }, place));
  for (const line of [
    "active from 2027-01-31 03:00",
    "opens nothing before 2027-01-31 03:00",
    "protects nothing from 2027-01-31 03:01",
    "retired by itself at 2027-01-31 03:02",
    "protects 12 times in all: 1 spent, 11 left",
  ])
    expect(planned).toContain(line);
  const unused = { ...place, unspent: () => 0 };
  for (const [limit, line] of [
    [{ unit: "byte", total: 1, spent: 0 }, "protects 1 byte in all: 0 spent, 1 left"],
    [{ unit: "object", total: 12, spent: 12 }, "protects 12 times in all: 12 spent, nothing left"],
  ] as const)
    expect(keyText(keyView({ ...record, limits: limit }, unused))).toContain(line);
  expect(keyText(keyView(record, place))).not.toMatch(/planned|limit/);
});

test("a key begins as its command planned, and not with an end that is over", async () => {
  const now = domain.operations.now;
  const item = { label: "p", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false };
  const create = (more: object) =>
    domain.admission.act({ act: "key.create", args: { items: [{ ...item, ...more }] }, reason: "", wait: false });
  const later = await create({ activation: now + 3600, protectStop: now + 7200, deactivation: now + 7200 });
  expect(later.keys?.[0]).toMatchObject({ state: "pre-active", planned: { activation: now + 3600 } });
  const limited = await create({ activation: now - 60, limit: { unit: "object", total: 2 } });
  expect(limited.keys?.[0]).toMatchObject({
    state: "active",
    limit: { unit: "object", total: 2, spent: 0, remaining: 2 },
  });
  for (const over of [{ deactivation: now - 1 }, { protectStop: now - 1 }])
    expect(await create(over)).toMatchObject({ outcome: "refused", code: "E_ARGS" });
  await expect(create({ activation: now + 9, protectStop: now + 5 })).rejects.toMatchObject({ code: "E_ARGS" });
});

test("a limit counts whatever protects, by every way there is", async () => {
  const app = await callerWith(domain, { ops: ["encrypt", "decrypt"], keys: { kind: "all" } });
  const item = {
    label: "l",
    algorithm: "AES-256",
    usage: ["decrypt", "encrypt"],
    group: "default",
    extractable: false,
  };
  const limited = async () => {
    const items = [{ ...item, limit: { unit: "object", total: 2 } }];
    const { keys = [] } = await domain.admission.act({ act: "key.create", args: { items }, reason: "", wait: false });
    return keys[0]?.keyId ?? "";
  };
  const { operations } = domain;
  const plain = { plaintext: new Uint8Array(3) };
  const ways = {
    encrypt: (key: string) => operations.encrypt(app, { name: key }, plain),
    dataKey: (key: string) => operations.dataKey(app, { key, bytes: 32, plaintext: false }),
    reencrypt: (key: string, ciphertext: Buffer) => operations.reencrypt(app, { ciphertext, toKey: key }),
  };
  for (const [name, way] of Object.entries(ways)) {
    const { ciphertext } = operations.encrypt(app, { name: await limited() }, plain);
    const key = await limited();
    for (let use = 0; use < 2; use += 1) way(key, ciphertext);
    expect(() => way(key, ciphertext), name).toThrow(expect.objectContaining({ code: "E_KEY_LIMIT" }));
  }
});
