import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exportMaterial } from "@holdfast/crypto/egress";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeBackup } from "../../admin/make-backup.ts";
import { Agent } from "../../agent.ts";
import { SETTINGS_FILE } from "../../agent-settings.ts";
import type { Domain } from "../../domain.ts";
import { KmipAsker } from "../../endpoints/kmip/testing/ask-kmip.ts";
import type { KeyRecord } from "../../keystore/records.ts";
import { silentLogger } from "../../logger.ts";
import type { Caller } from "../../operations/caller.ts";
import { codeOf, EVERYTHING, enrolledCaller } from "../../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { restoreBackup } from "../backup/restore-backup.ts";
import { act, bringIn } from "./testing/bring-in.ts";

const RECOVERY = "a drawer in another house";

let domain: TestDomain;
let caller: Caller;
let key: KeyRecord;
let wrapping: string;
beforeAll(async () => {
  domain = await openTestDomain();
  caller = await enrolledCaller(domain, { ops: EVERYTHING, keys: { kind: "all" } });
  const made = await domain.operations.createObject(caller, {
    ...{ algorithm: "AES-256", usage: ["encrypt", "decrypt", "derive"], extractable: false, label: "latched" },
    dates: { activation: "now" },
  });
  key = domain.keystore.findKey(made.id) as KeyRecord;
  wrapping = domain.createKey({ label: "wraps", usage: ["wrap", "unwrap"] }).id;
});
afterAll(() => domain.close());

/** Every way out that there is, tried on a key. */
async function expectItStays(of: Domain, id: string): Promise<void> {
  const record = of.keystore.findKey(id);
  expect(record?.extractable).toBe(false);
  const door = of.operations;
  expect(await codeOf(() => door.getMaterial(caller, { name: id }))).toBe("E_NOT_EXTRACTABLE");
  const wrapped = { name: id, wrapping: { name: wrapping, params: { mode: "KW" } } } as const;
  expect(await codeOf(() => door.getMaterial(caller, wrapped))).toBe("E_NOT_EXTRACTABLE");
  expect(await exportCode(of, id)).toBe("E_NOT_EXTRACTABLE");
  for (const { version } of record?.versions ?? [])
    expect(await codeOf(() => exportMaterial(of.keystore.handle(id, version)))).toBe("E_NOT_EXTRACTABLE");
}

async function exportCode(of: Domain, id: string): Promise<string> {
  const { publicKey } = (await import("node:crypto")).generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ format: "der", type: "spki" }).toString("base64url");
  const { reference } = of.introductions.take({ kind: "recipient", spki }, "thief", "cli");
  const recipient = { label: "thief", key: reference };
  const args = { recipient, form: "hpke", inside: "native", versions: "all", keys: [id] };
  const answer = await act(of, "export.wrap", args).catch((refusal: { code: string }) => refusal);
  return answer.code ?? "ok";
}

test("a new name, another group and its way back, a rotation: it stays", async () => {
  await act(domain, "key.label", { label: "free" }, key.id);
  await expectItStays(domain, key.id);
  await act(domain, "key.group", { group: "open" }, key.id);
  await expectItStays(domain, key.id);
  await act(domain, "key.group", { group: "default" }, key.id);
  await act(domain, "key.rotate", {}, key.id);
  await expectItStays(domain, key.id);
});

test("what takes its place by re-key, and what is derived of it, stays with it", async () => {
  const successor = await domain.operations.rekeyObject(caller, key.id);
  await expectItStays(domain, successor.id);
  const params = { method: "HMAC", hash: "SHA-256", data: Buffer.from("x") } as const;
  const object = { type: "symmetric-key", algorithm: "AES-256", bits: 256, usage: ["encrypt"] } as const;
  const dates = { activation: "now" } as const;
  const base = { name: successor.id };
  const asked = { params, object: { ...object, dates, extractable: true } };
  const derived = await domain.operations
    .deriveObject(caller, base, asked)
    .catch((refusal: { code: string }) => refusal);
  if ("id" in derived) await expectItStays(domain, derived.id);
  else expect(derived.code).toMatch(/^E_(INPUT|NOT_EXTRACTABLE|GRANT)$/);
  const plain = await domain.operations.deriveObject(caller, base, { params, object: { ...object, dates } });
  await expectItStays(domain, plain.id);
});

test.each(["AddAttribute", "ModifyAttribute", "SetAttribute"] as const)(
  "KMIP's %s does not lift it",
  async (operation) => {
    const asker = new KmipAsker({ domain, caller, encoding: "ttlv", connection: {} } as never);
    for (const name of ["Extractable", "NeverExtractable"] as const) {
      const attribute = { name, value: name === "Extractable" };
      const payload = { uniqueIdentifier: key.id, attribute, newAttribute: attribute } as never;
      expect(await asker.refusal(operation, payload)).not.toBe("ok");
    }
    await expectItStays(domain, key.id);
  },
);

test("no import takes its place, its alias or its names", async () => {
  const item = {
    label: "latched alias",
    algorithm: "AES-256",
    usage: ["encrypt", "decrypt"],
    group: "default",
    extractable: false,
  };
  await act(domain, "key.create", { items: [{ ...item, alias: "alias/latched" }] });
  const latched = domain.keystore.findKeyByAlias("alias/latched") as KeyRecord;
  const taken = await bringIn(domain, [
    { key: { alias: "alias/latched", extractable: true }, versions: [randomBytes(32)] },
  ]);
  expect(taken).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
  await bringIn(domain, [{ key: { label: "latched alias", extractable: true }, versions: [randomBytes(32)] }]);
  expect(domain.keystore.findKeyByAlias("alias/latched")?.id).toBe(latched.id);
  await expectItStays(domain, latched.id);
});

test("a key that came in never extractable does not leave either", async () => {
  const { keys = [] } = await bringIn(domain, [{ key: { label: "brought" }, versions: [randomBytes(32)] }]);
  await expectItStays(domain, keys[0]?.keyId ?? "");
});

test("a backup that is restored elsewhere brings it back as it was", async () => {
  const base = dirname(domain.dataDirectory);
  const { path } = await makeBackup(domain.agent, domain, join(base, "copy.holdfast-backup"));
  const recovery = readdirSync(join(base, "keys")).find((name) => name.includes("recovery")) ?? "";
  const fresh = { dataDirectory: join(base, "fresh"), keyDirectory: join(base, "fresh-keys") };
  const { settings } = await restoreBackup({
    ...fresh,
    backup: path,
    recoveryFile: join(base, "keys", recovery),
    recoveryPassphrase: RECOVERY,
    kek: { kind: "file" },
  } as Parameters<typeof restoreBackup>[0]);
  writeFileSync(join(fresh.dataDirectory, SETTINGS_FILE), settings);
  const again = await Agent.open({ dataDirectory: fresh.dataDirectory, pageOrigin: null, logger: silentLogger });
  try {
    const restored = again.domain as Domain;
    expect(restored.keystore.findKey(key.id)?.extractable).toBe(false);
    expect(await exportCode(restored, key.id)).not.toBe("ok");
    expect(await codeOf(() => exportMaterial(restored.keystore.handle(key.id, 1)))).toBe("E_NOT_EXTRACTABLE");
  } finally {
    await again.close();
  }
});
