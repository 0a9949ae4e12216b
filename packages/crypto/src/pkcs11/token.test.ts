import { hasSoftHsm, SoftHsm } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encryptUnder } from "../cipher/encrypt-with.ts";
import { HsmError } from "./hsm-error.ts";
import { openSoftHsm } from "./testing/open-soft-hsm.ts";
import type { Token } from "./token.ts";
import { establishTokenKek, openTokenKek } from "./token-kek.ts";
import { generateTokenKey, generateTokenKeyPair } from "./token-keys.ts";

const refused = (code: string) => expect.objectContaining({ code });
const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const attributes = { id, usages: ["encrypt", "decrypt"], extractable: false } as const;

describe.skipIf(!hasSoftHsm)("a token", () => {
  let hsm: SoftHsm;
  let token: Token;
  beforeAll(async () => {
    hsm = new SoftHsm();
    hsm.make("first");
    token = await openSoftHsm(hsm, "first");
  }, 60_000);
  afterAll(async () => {
    await token?.close();
    hsm?.remove();
  });

  test("says who it is and what it can do", () => {
    expect(token.facts).toMatchObject({ label: "first", model: "SoftHSM v2" });
    expect(token.facts.serial).toMatch(/^[0-9a-f]{16}$/);
    expect(() => token.require(0xdead)).toThrowError(refused("E_HSM_MECHANISM"));
  });

  test("keeps a key-encryption key that opens again, and only there", async () => {
    const { source, kek } = establishTokenKek(token, { label: "kek" });
    expect(source).toMatchObject({ mode: "AES-GCM", label: "kek", serial: token.facts.serial });
    kek.zeroize();
    expect(openTokenKek(token, source).destroyed).toBe(false);
    const again = establishTokenKek(token, { label: "kek" });
    expect(again.made).toBe(false);
    expect(again.source.check).toBe(source.check);
    expect(() => openTokenKek(token, { ...source, serial: "other" })).toThrowError(refused("E_HSM_TOKEN"));
    expect(() => openTokenKek(token, { ...source, check: "000000" })).toThrowError(refused("E_HSM_KEY"));
    expect(() => openTokenKek(token, { ...source, label: "none" })).toThrowError(refused("E_HSM_KEY"));
    const damaged = Buffer.from(source.wrapped, "base64url");
    damaged.writeUInt8(damaged.readUInt8(20) ^ 1, 20);
    expect(() => openTokenKek(token, { ...source, wrapped: damaged.toString("base64url") })).toThrowError(
      refused("E_KEK"),
    );
  });

  test("that was pulled out refuses by one code, and serves again when it is back", async () => {
    const key = generateTokenKey(token, "tid", "AES-256", attributes);
    const sealed = key.encryptSync(Buffer.from("x"));
    hsm.pullOut();
    try {
      expect(() => key.decryptSync(sealed)).toThrowError(refused("E_HSM_GONE"));
      expect(() => key.encryptSync(Buffer.from("x"))).toThrowError(refused("E_HSM_GONE"));
      await expect(token.probe()).rejects.toMatchObject({ code: "E_HSM_GONE", retry: "later" });
    } finally {
      hsm.putBack();
    }
    await expect(token.probe()).resolves.toMatchObject({ label: "first" });
    expect(key.decryptSync(sealed).toString()).toBe("x");
  });

  test("that does not answer in time holds nobody up, and is used again when it has answered", async () => {
    const slow = await openSoftHsm(hsm, "first", { patienceMs: 0 });
    const find = { class: 4, label: "kek" };
    expect(() => slow.callSync("find", find)).toThrowError(refused("E_HSM_BUSY"));
    await slow.call("find", find);
    expect(() => slow.callSync("find", find)).toThrowError(refused("E_HSM_BUSY"));
    await slow.close();
    expect(token.callSync("find", find)).toHaveLength(1);
  });

  test("refuses the forms of key wrap that it does otherwise than the standard", () => {
    const key = generateTokenKey(token, "tid", "AES-256", {
      ...attributes,
      id: { ...id, version: 9 },
      usages: ["wrap"],
    });
    const wrap = (bytes: number) => () => encryptUnder(key, "wrap", { mode: "KWP" }, Buffer.alloc(bytes, 1), {});
    expect(wrap(20)).toThrowError(refused("E_HSM_MECHANISM"));
    expect(wrap(24)().ciphertext.byteLength).toBe(32);
    const unknown = () => encryptUnder(key, "wrap", { mode: "CCM" }, Buffer.alloc(16), {});
    expect(unknown).toThrowError(refused("E_CRYPTO_ALGORITHM"));
  });

  test("makes pairs while it does other work", async () => {
    const pairId = { ...id, version: 7 };
    const making = generateTokenKeyPair(token, "tid", "RSA-2048", {
      privateKey: { id: pairId, usages: ["sign"], extractable: false },
      publicKey: { id: pairId, usages: ["verify"], extractable: true },
    });
    let made = false;
    const done = making.then(() => {
      made = true;
    });
    expect(token.callSync("find", { class: 4, label: "kek" })).toHaveLength(1);
    expect(made).toBe(false);
    await done;
  });
});

describe.skipIf(!hasSoftHsm)("opening a token", () => {
  test("gives a wrong PIN once, and never by itself again", async () => {
    const hsm = new SoftHsm();
    hsm.make("pin");
    await expect(openSoftHsm(hsm, "pin", { pin: Buffer.from("not the pin") })).rejects.toMatchObject({
      code: "E_HSM_PIN",
    });
    const token = await openSoftHsm(hsm, "pin");
    await token.close();
    hsm.remove();
  });

  test("refuses a module that is none, a token that is not there, and one of two that fit", async () => {
    const hsm = new SoftHsm();
    hsm.make("same");
    hsm.make("same");
    await expect(openSoftHsm(hsm, "absent")).rejects.toMatchObject({ code: "E_HSM_GONE" });
    await expect(openSoftHsm(hsm, "same")).rejects.toMatchObject({ code: "E_HSM_TOKEN" });
    await expect(openSoftHsm(hsm, "same", { module: "/etc/hostname" })).rejects.toMatchObject({ code: "E_HSM_MODULE" });
    await expect(openSoftHsm(hsm, "same", { binding: "/nowhere" })).rejects.toBeInstanceOf(HsmError);
    hsm.remove();
  });
});
