import { verifyReport } from "@holdfast/custody-report";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Caller } from "../operations/caller.ts";
import { EVERYTHING, OPEN_KEY } from "../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import type { Clock } from "../self-check/clock.ts";
import { makeReport } from "./make-report.ts";

const NOW = (Math.floor(Date.now() / 60_000) + 2) * 60 + 10;
let time = NOW;
const clock: Clock = { now: () => time, monotonic: () => (time - NOW) * 1000 };

let domain: TestDomain;
let caller: Caller;
beforeAll(async () => {
  domain = await openTestDomain({ clock });
});
afterAll(() => domain.close());

const act = async (name: string, args: Record<string, unknown>, key?: string) => {
  const request = { act: name, args, reason: "", wait: false, ...(key === undefined ? {} : { key }) };
  const answer = await domain.admission.act(request);
  expect(answer).toMatchObject({ outcome: "applied" });
  return answer;
};

test("an auditor follows every object through a client's steps, planned dates and administrators' acts", async () => {
  const auth = { kind: "issued", validitySec: 86_400 };
  const grants = [{ ops: [...EVERYTHING].sort(), keys: { kind: "group", id: "default" } }];
  const enrolled = await act("client.enrol", { label: "app", auth, grants });
  const client = domain.keystore.findClient(enrolled.client?.clientId ?? "") ?? expect.unreachable();
  caller = { client, from: "127.0.0.1" };
  const door = domain.operations;
  const key = { group: "default", extractable: false } as const;
  const made = await act("key.create", {
    items: [
      { ...key, label: "signing", algorithm: "EC-P256", usage: ["sign", "verify"], alias: "alias/signing" },
      { ...key, label: "wrapping", algorithm: "AES-256", usage: ["unwrap", "wrap"] },
    ],
  });
  expect(made.keys?.map(({ algorithm, usage }) => [algorithm, usage])).toEqual([
    ["EC-P256", ["sign"]],
    ["EC-P256", ["verify"]],
    ["AES-256", ["unwrap", "wrap"]],
  ]);
  await act("crypto.allow", { algorithms: ["ECB"] });
  const planned = await door.createObject(caller, {
    ...OPEN_KEY,
    label: "planned",
    dates: { activation: NOW + 60, deactivation: NOW + 120 },
    limits: { unit: "object", total: 5 },
  });
  const names = [{ value: "db", kind: "text" }] as const;
  const old = await door.createObject(caller, { ...OPEN_KEY, names });
  await door.rekeyObject(caller, old.id);
  await door.changeAttributes(caller, old.id, () => ({ attributes: { "x-Vendor": "V" } }));
  const pair = { usage: ["agree"], dates: { activation: "now" } } as const;
  const { privateKey } = await door.createPair(caller, { algorithm: "X25519", privateKey: pair, publicKey: pair });
  const secret = await door.registerObject(caller, {
    ...{ type: "secret-data", algorithm: null, usage: [], extractable: true },
    material: { format: "raw", bytes: Buffer.from("secret") },
  });
  await door.getMaterial(caller, { name: secret.id });
  await door.destroyObject(caller, secret.id);
  await door.revokeObject(caller, privateKey.id, { to: "compromised", occurred: NOW - 10 });
  const base = await door.createObject(caller, {
    algorithm: "HMAC-SHA256",
    usage: ["derive"],
    dates: { activation: "now" },
  });
  await door.deriveObject(
    caller,
    { name: base.id },
    {
      params: { method: "HKDF", hash: "SHA-256" },
      object: { type: "symmetric-key", algorithm: "AES-256", usage: ["encrypt"] },
    },
  );
  await act("key.group", { group: "payments" }, base.id);
  await act("key.activate", {}, (await door.createObject(caller, { ...OPEN_KEY, dates: {} })).id);
  await door.archiveObject(caller, old.id);
  time = NOW + 121;
  door.sweep();
  await new Promise((resolve) => setTimeout(resolve, 260));
  expect(door.describeObject(caller, planned.id).state).toBe("deactivated");

  const { files } = await makeReport(domain);
  const bundle = Buffer.from(files.find(({ name }) => name.endsWith(".json"))?.base64 ?? "", "base64");
  const { facts, content } = await verifyReport(new Uint8Array(bundle));
  expect(facts.changes.filter(({ how }) => how === "date").map(({ kind }) => kind)).toEqual([
    "key.activate",
    "key.deactivate",
  ]);
  expect(new Set(facts.changes.filter(({ how }) => how === "client").map(({ kind }) => kind))).toEqual(
    new Set(["key.create", "key.register", "key.destroy", "key.compromise", "key.attributes"]),
  );
  expect(facts.keys).toHaveLength(domain.keystore.counts().keys + 1);
  expect(JSON.stringify(content)).toContain("known to a former holder");
});
