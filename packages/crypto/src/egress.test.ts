import { describe, expect, test } from "vitest";
import { exportMaterial, exportRootForBackup } from "./egress.ts";
import * as surface from "./index.ts";

const { generateKey, generateRecipientKey, openSealedRoot, RootKey, unwrapKeyMaterial, wrapKeyMaterial } = surface;
const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const usages = ["encrypt", "decrypt"] as const;
const info = Buffer.from("backup of a domain");

describe("the door out", () => {
  test("lets the material of an extractable key through, and of no other", () => {
    const open = generateKey("AES-256", { id, usages, extractable: true });
    expect(exportMaterial(open).byteLength).toBe(32);
    const closed = generateKey("AES-256", { id, usages, extractable: false });
    expect(() => exportMaterial(closed)).toThrowError(expect.objectContaining({ code: "E_NOT_EXTRACTABLE" }));
  });

  test("stays shut when a never-extractable key is unwrapped as extractable", () => {
    const root = RootKey.generate();
    const closed = generateKey("AES-256", { id, usages, extractable: false });
    const wrapped = wrapKeyMaterial(root.kek, closed, "domain");
    const asked = { domain: "domain", id, algorithm: "AES-256", usages, extractable: true } as const;
    expect(() => unwrapKeyMaterial(root.kek, wrapped, asked)).toThrowError(
      expect.objectContaining({ code: "E_DECRYPT" }),
    );
  });

  test("sends the root key to a backup's recipient, who gets the very same root", async () => {
    const root = RootKey.generate();
    const recipient = generateRecipientKey();
    const sealed = await exportRootForBackup(root, recipient.publicKey, info);
    const opened = await openSealedRoot(recipient, sealed, info, root.commitment);
    const wrapped = wrapKeyMaterial(root.kek, generateKey("AES-256", { id, usages, extractable: false }), "domain");
    const binding = { domain: "domain", id, algorithm: "AES-256", usages, extractable: false } as const;
    expect(unwrapKeyMaterial(opened.kek, wrapped, binding).checkValue()).toMatch(/^[0-9A-F]{6}$/);
  });

  test("sends a root key that another recipient, purpose or commitment does not open", async () => {
    const root = RootKey.generate();
    const recipient = generateRecipientKey();
    const sealed = await exportRootForBackup(root, recipient.publicKey, info);
    const attempts = [
      () => openSealedRoot(generateRecipientKey(), sealed, info, root.commitment),
      () => openSealedRoot(recipient, sealed, Buffer.from("another"), root.commitment),
      () => openSealedRoot(recipient, sealed, info, RootKey.generate().commitment),
      () => openSealedRoot(recipient, { ...sealed, ct: sealed.ct.subarray(1) }, info, root.commitment),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "E_DECRYPT" });
  });

  test("is not among what the package otherwise exports", () => {
    const names = Object.keys(surface);
    expect(names).not.toContain("exportMaterial");
    expect(
      names.filter((name) => /^(runtime|rootSecret|openMaterial|sealMaterial|hpkeOpen|aesKeyUnwrap)/.test(name)),
    ).toEqual([]);
  });
});
