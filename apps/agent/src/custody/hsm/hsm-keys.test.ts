import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decryptWith, encryptWith, openWithKey, sealWithKey, sign, Token, verify } from "@holdfast/crypto";
import { renderContent, verifyBundle } from "@holdfast/custody-report";
import { hasSoftHsm, SoftHsm } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ActAnswer, KeyView } from "../../admin/answers.ts";
import { makeBackup } from "../../admin/make-backup.ts";
import { Agent } from "../../agent.ts";
import { writeSettings } from "../../agent-settings.ts";
import type { Domain } from "../../domain.ts";
import { initAgent } from "../../init-agent.ts";
import { silentLogger } from "../../logger.ts";
import { makeReport } from "../../report/make-report.ts";
import { restoreBackup } from "../backup/restore-backup.ts";
import { ObjectJournal } from "./object-journal.ts";

const text = Buffer.from("kept in the token");

describe.skipIf(!hasSoftHsm)("keys in the token", () => {
  let base: string;
  let hsm: SoftHsm;
  let agent: Agent;
  const open = async (): Promise<void> => {
    const times = { everyMs: 50, graceMs: 600_000 };
    agent = await Agent.open({ dataDirectory: join(base, "data"), pageOrigin: null, logger: silentLogger, hsm: times });
    if (agent.sealed) await agent.unseal(SoftHsm.pin);
  };
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "holdfast-hsm-keys-"));
    hsm = new SoftHsm();
    hsm.make("keys");
    await initAgent({
      ...{ dataDirectory: join(base, "data"), keyDirectory: join(base, "keys"), name: "hsm", standalone: true },
      kek: { kind: "pkcs11", uri: `pkcs11:token=keys;object=kek?module-path=${hsm.module}`, pin: SoftHsm.pin },
      recoveryPassphrase: "a drawer in another house",
    });
    await open();
  }, 60_000);
  afterAll(async () => {
    await agent?.close();
    hsm?.remove();
    rmSync(base, { recursive: true, force: true });
  });

  const domain = (): Domain => agent.domain as Domain;
  const act = (name: string, args: object, key?: string): Promise<ActAnswer> =>
    domain().admission.act({ act: name, args: { ...args }, reason: "", wait: false, ...(key ? { key } : {}) });
  const create = async (algorithm: string, usage: string[], more: object = {}): Promise<KeyView> => {
    const item = { label: algorithm, algorithm, usage, group: "default", extractable: false, store: "hsm", ...more };
    const { outcome, keys, code } = await act("key.create", { items: [item] });
    expect({ outcome, code }).toMatchObject({ outcome: "applied" });
    return keys?.[0] as KeyView;
  };
  const handle = (key: KeyView, version = 1) => domain().keystore.handle(key.keyId, version);
  const inToken = async (): Promise<string[]> => {
    const pin = Buffer.from(SoftHsm.pin);
    const token = await Token.open({ binding: hsm.binding, module: hsm.module, choice: { token: "keys" }, pin });
    const labels = token.callSync("list", { labelPrefix: "holdfast " }).map(({ label }) => label);
    await token.close();
    return labels;
  };
  const settled = () => vi.waitFor(() => expect(domain().hsmKeys.unsettled).toBe(0), { timeout: 10_000 });

  test("are made there, say so, and work as keys of the store do", async () => {
    const aes = await create("AES-256", ["encrypt", "decrypt"]);
    expect(aes).toMatchObject({ store: "hsm", extractable: false, kcv: expect.stringMatching(/^[0-9A-F]{6}$/) });
    const sealed = sealWithKey(handle(aes), text);
    const ec = await create("EC-P256", ["sign", "verify"]);
    const signature = sign(handle(ec), { scheme: "ECDSA", hash: "SHA-256" }, text);
    const { links } = domain().keystore.findKey(ec.keyId) ?? { links: [] };
    const publicKey = domain().keystore.handle(links[0]?.id ?? "", 1);
    expect(verify(publicKey, { scheme: "ECDSA", hash: "SHA-256" }, text, signature)).toBe(true);
    await settled();
    await agent.close();
    await open();
    expect(openWithKey(handle(aes), sealed)).toEqual(text);
  });

  test("have no byte of material in the store, which holds what leads to them under the key-encryption key", async () => {
    const aes = await create("AES-256", ["encrypt", "decrypt"], { label: "reference" });
    const row = domain().store.findRow("key_version", `${aes.keyId}/1`);
    expect(row?.body.byteLength).toBeGreaterThan(120); // a reference, sealed; wrapped AES-256 is 66 bytes at most
    expect(() => domain().keystore.handle(aes.keyId, 1).reference).not.toThrow();
  });

  test("are rotated there, and what the version before sealed still opens", async () => {
    const key = await create("AES-256", ["encrypt", "decrypt"], { label: "rotating" });
    const before = encryptWith(handle(key), { mode: "GCM" }, text);
    expect(await act("key.rotate", {}, key.keyId)).toMatchObject({ outcome: "applied" });
    expect(domain().keystore.findKey(key.keyId)).toMatchObject({ current: 2, store: "hsm" });
    const { ciphertext, iv, tag } = before;
    const params = { mode: "GCM", ...(iv ? { iv } : {}), ...(tag ? { tag } : {}) } as const;
    expect(decryptWith(handle(key, 1), params, ciphertext)).toEqual(text);
    expect((await inToken()).filter((label) => label.includes(key.keyId))).toHaveLength(2);
  });

  test("go on under a new key-encryption key of the domain, which wraps what leads to them", async () => {
    const key = await create("AES-256", ["encrypt", "decrypt"], { label: "under another" });
    const sealed = sealWithKey(handle(key), text);
    domain().keks.rotate();
    await domain().keks.settled();
    await agent.close();
    await open();
    expect(openWithKey(handle(key), sealed)).toEqual(text);
  });

  test("are in a backup as what leads to them: an agent restored without the token keeps their record and cannot use them", async () => {
    const key = await create("AES-256", ["encrypt", "decrypt"], { label: "restored" });
    const { path } = await makeBackup(agent, domain(), join(base, "one.backup"));
    const restored = join(base, "restored");
    const recovery = readdirSync(join(base, "keys")).find((name) => name.endsWith(".recovery")) ?? "";
    const { settings } = await restoreBackup({
      ...{ backup: path, dataDirectory: restored, keyDirectory: join(base, "other-keys"), kek: { kind: "file" } },
      recoveryFile: join(base, "keys", recovery),
      recoveryPassphrase: "a drawer in another house",
    });
    writeSettings(restored, settings);
    const other = await Agent.open({ dataDirectory: restored, pageOrigin: null, logger: silentLogger });
    try {
      const { keystore, hsmKeys } = other.domain as Domain;
      expect(keystore.findKey(key.keyId)).toMatchObject({ store: "hsm", locked: null });
      expect(() => keystore.handle(key.keyId, 1)).toThrowError(expect.objectContaining({ code: "E_HSM_GONE" }));
      hsmKeys.settle();
    } finally {
      await other.close();
    }
    expect((await inToken()).some((label) => label.includes(key.keyId))).toBe(true);
  });

  test("leave the token when they are destroyed, or when it is back", async () => {
    const key = await create("HMAC-SHA256", ["mac", "verifymac"]);
    expect((await inToken()).some((label) => label.includes(key.keyId))).toBe(true);
    expect(await act("key.deactivate", {}, key.keyId)).toMatchObject({ outcome: "applied" });
    await settled();
    hsm.pullOut();
    try {
      await vi.waitFor(() => expect(agent.custody.hsm?.state.state).toBe("gone"), { timeout: 10_000 });
      expect(await act("key.destroy", {}, key.keyId)).toMatchObject({ outcome: "applied" });
      expect(domain().hsmKeys.unsettled).toBe(1);
    } finally {
      hsm.putBack();
    }
    await vi.waitFor(() => expect(agent.custody.hsm?.state.state).toBe("present"), { timeout: 10_000 });
    domain().hsmKeys.settle();
    await settled();
    expect((await inToken()).some((label) => label.includes(key.keyId))).toBe(false);
  });

  test("that a crash left behind without a record are removed at the next start, and no others", async () => {
    const kept = await create("AES-128", ["encrypt", "decrypt"], { label: "kept" });
    await settled();
    const orphan = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
    new ObjectJournal(join(base, "data")).add([orphan, { keyId: kept.keyId, version: 1 }]);
    const { hsmKeys } = domain();
    const other = hsmKeys.makeSecret("AES-256", { id: orphan, usages: ["encrypt"], extractable: false });
    expect(other.keyAlgorithm).toBe("AES-256");
    await agent.close();
    await open();
    await settled();
    const labels = await inToken();
    expect(labels.some((label) => label.includes(orphan.keyId))).toBe(false);
    expect(labels.some((label) => label.includes(kept.keyId))).toBe(true);
    expect(JSON.parse(readFileSync(join(base, "data", "hsm-objects.json"), "utf8"))).toEqual([]);
  });

  test("answer by one code while the token is gone, and the command that needs it may be given again", async () => {
    const key = await create("AES-256", ["encrypt", "decrypt"], { label: "gone" });
    const used = handle(key);
    hsm.pullOut();
    try {
      expect(() => sealWithKey(used, text)).toThrowError(
        expect.objectContaining({ code: "E_HSM_GONE", retry: "later" }),
      );
      const item = { label: "later", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false };
      const refused = await act("key.create", { items: [{ ...item, store: "hsm" }] });
      expect(refused).toMatchObject({ outcome: "refused", code: "E_HSM_GONE" });
    } finally {
      hsm.putBack();
    }
    await vi.waitFor(() => expect(openWithKey(used, sealWithKey(used, text))).toEqual(text), { timeout: 10_000 });
  });

  test("keep the agent with their token: another way of unsealing is refused while there are any", async () => {
    const folders = { dataDirectory: join(base, "data"), keyDirectory: join(base, "keys") };
    await expect(agent.rekey({ kek: { kind: "file" }, passphrase: SoftHsm.pin, ...folders })).rejects.toMatchObject({
      code: "E_HSM_HELD",
    });
  });

  test("are in the report, with the token that was measured, and the report holds", async () => {
    const { files } = await makeReport(domain());
    const bundle = files.find(({ name }) => name.endsWith(".json"));
    const { facts } = await verifyBundle(Buffer.from(bundle?.base64 ?? "", "base64"));
    expect(facts.declared).toMatchObject({ kek: "pkcs11", token: { label: "keys", model: "SoftHSM v2" } });
    expect(facts.keys.some(({ state }) => state.store === "hsm")).toBe(true);
    const text = JSON.stringify(renderContent(facts));
    expect(text).toContain("KEK: PKCS#11 token keys, SoftHSM project SoftHSM v2");
    expect(text).toMatch(/keys were made in the hardware module and are in no backup/);
  });

  test("are never extractable, and of no algorithm that tokens have not", async () => {
    const item = { label: "x", usage: ["encrypt"], group: "default", store: "hsm" };
    for (const wrong of [
      { ...item, algorithm: "AES-256", extractable: true },
      { ...item, algorithm: "ChaCha20-Poly1305", extractable: false },
    ])
      await expect(act("key.create", { items: [wrong] })).rejects.toMatchObject({ code: "E_ARGS" });
  });
});
