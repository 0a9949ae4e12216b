import { verifyReport } from "@holdfast/custody-report";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EVERYTHING, OPEN_KEY } from "../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { makeReport } from "./make-report.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

test("an auditor follows what clients make of keys: parts, what they join, certificates and their successors", async () => {
  const auth = { kind: "issued", validitySec: 86_400 };
  const grants = [{ ops: [...EVERYTHING].sort(), keys: { kind: "group", id: "default" } }];
  const args = { label: "app", auth, grants };
  const enrolled = await domain.admission.act({ act: "client.enrol", args, reason: "", wait: false });
  const client = domain.keystore.findClient(enrolled.client?.clientId ?? "") ?? expect.unreachable();
  const caller = { client, from: "127.0.0.1" };
  const door = domain.operations;
  const now = { dates: { activation: "now" } } as const;
  const key = await door.createObject(caller, { ...OPEN_KEY, usage: ["derive"] });
  const parts = await door.splitObject(caller, {
    ...{ base: { name: key.id }, how: { method: "GF(2^8)" }, threshold: { parts: 3, threshold: 2 } },
    part: { usage: [], extractable: true, names: [{ value: "db-part", kind: "text" }] },
    said: (index) => ({ "kmip-split": { keyPartIdentifier: index } }),
  });
  const joining = (named: readonly { readonly id: string }[]) => {
    const object = {
      type: "symmetric-key",
      algorithm: "AES-256",
      bits: 256,
      usage: ["encrypt", "decrypt"],
      ...now,
    } as const;
    const indexes = named.map(({ id }) => parts.findIndex((part) => part.id === id) + 1);
    return { how: { method: "GF(2^8)" }, format: "raw", bytes: 32, indexes, object } as const;
  };
  const two = parts.slice(1).map(({ id }) => id);
  const joined = await door.joinObject(caller, two, joining);
  const brought = await door.registerObject(caller, {
    ...{ type: "secret-data", algorithm: null, usage: ["derive"], ...now, extractable: true },
    material: { format: "raw", bytes: Buffer.from("a label and its context") },
  });
  const object = { type: "symmetric-key", algorithm: "AES-256", bits: 256, usage: ["encrypt"], ...now } as const;
  const derivation = { method: "HMAC", hash: "SHA-256", data: Buffer.alloc(0) } as const;
  const derived = await door.deriveObject(
    caller,
    { name: key.id },
    { params: derivation, object, data: { name: brought.id } },
  );
  const pair = await door.createPair(caller, {
    algorithm: "EC-P256",
    privateKey: { usage: ["sign"], ...now },
    publicKey: { usage: ["verify"], ...now },
  });
  const asked = { object: { usage: [], names: [{ value: "site", kind: "text" }] as const, ...now }, said: () => ({}) };
  const certificate = await door.certifyObject(caller, pair.publicKey.id, asked);
  const successor = await door.recertifyObject(caller, certificate.id, {
    object: { usage: [], ...now },
    said: () => ({}),
  });
  domain.executor.flush();
  const { files } = await makeReport(domain);
  const bundle = new Uint8Array(Buffer.from(files.at(-1)?.base64 ?? "", "base64"));
  const { facts } = await verifyReport(bundle);
  const states = new Map(facts.keys.map(({ state }) => [state.id, state]));
  for (const { id } of [key, ...parts, joined, brought, derived, certificate, successor])
    expect(states.has(id), id).toBe(true);
});
