import { describe, expect, test } from "vitest";
import { generateRecipientKey } from "../hpke/recipient-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import { generateKey } from "../provider/crypto.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { generateSigningKey } from "../signing/signing-handle.ts";
import { KeyEncryptionKey } from "./key-encryption-key.ts";
import { openRootKey, RootKey, sealRootKey } from "./root-key.ts";
import { unwrapRecipientKey, unwrapSigningKey, wrapRecipientKey, wrapSigningKey } from "./wrap-agent-key.ts";
import { type KeyBinding, unwrapKeyMaterial, wrapKeyMaterial } from "./wrap-key-material.ts";

const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const binding: KeyBinding = {
  domain: "d1",
  id,
  algorithm: "AES-256",
  usages: ["encrypt", "decrypt"],
  extractable: false,
};
const refused = (code: string) => expect.objectContaining({ code });

describe("wrapped key material", () => {
  const root = RootKey.generate();
  const key = generateKey("AES-256", binding);
  const wrapped = wrapKeyMaterial(root.kek, key, "d1");

  test("comes back as the same key", () => {
    const again = unwrapKeyMaterial(root.kek, wrapped, binding);
    const parts = key.encryptSync(Buffer.from("text"));
    expect(again.decryptSync(parts).toString()).toBe("text");
    expect(root.keyCommitment(again)).toEqual(root.keyCommitment(key));
  });

  test("does not unwrap with any part of its binding changed", () => {
    const changes: Partial<KeyBinding>[] = [
      { domain: "d2" },
      { id: { ...id, version: 2 } },
      { id: { ...id, keyId: "k_aebagbafaydqqcikbmga2dqpda" } },
      { usages: ["decrypt"] },
      { extractable: true },
    ];
    for (const change of changes) {
      expect(() => unwrapKeyMaterial(root.kek, wrapped, { ...binding, ...change })).toThrowError(refused("E_DECRYPT"));
    }
  });

  test("does not unwrap under another root, with a byte changed, or shortened", () => {
    expect(() => unwrapKeyMaterial(RootKey.generate().kek, wrapped, binding)).toThrowError(refused("E_DECRYPT"));
    for (let at = 0; at < wrapped.byteLength; at += 1) {
      const changed = Buffer.from(wrapped);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x80, at);
      expect(() => unwrapKeyMaterial(root.kek, changed, binding)).toThrowError(refused("E_DECRYPT"));
      expect(() => unwrapKeyMaterial(root.kek, wrapped.subarray(0, at), binding)).toThrowError(refused("E_DECRYPT"));
    }
  });

  test("holds no run of the material in clear", () => {
    const material = randomBytes(32);
    const handle = importMaterial(material, "raw", { ...binding, type: "symmetric-key" });
    const stored = wrapKeyMaterial(root.kek, handle, "d1");
    for (let at = 0; at + 4 <= material.byteLength; at += 1)
      expect(stored.includes(material.subarray(at, at + 4))).toBe(false);
  });

  test("is refused once the root key has been wiped", () => {
    const wiped = RootKey.generate();
    const stored = wrapKeyMaterial(wiped.kek, key, "d1");
    wiped.zeroize();
    expect(wiped.destroyed).toBe(true);
    expect(() => unwrapKeyMaterial(wiped.kek, stored, binding)).toThrowError(refused("E_CRYPTO_DESTROYED"));
    expect(() => wiped.storeMac(Buffer.alloc(1))).toThrowError(refused("E_CRYPTO_DESTROYED"));
    expect(() => wiped.keyCommitment(key)).toThrowError(refused("E_CRYPTO_DESTROYED"));
  });
});

describe("a root key", () => {
  test("opens under its own key-encryption key and context only, and says E_KEK for everything else", () => {
    const bytes = randomBytes(32);
    const same = Buffer.from(bytes);
    const root = RootKey.generate();
    const kek = KeyEncryptionKey.take(bytes);
    const sealed = sealRootKey(kek, root, "a_one");
    expect(openRootKey(KeyEncryptionKey.take(same), sealed, "a_one").commitment).toEqual(root.commitment);
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
    for (const attempt of [
      () => openRootKey(kek, sealed, "a_two"),
      () => openRootKey(KeyEncryptionKey.take(randomBytes(32)), sealed, "a_one"),
      () => openRootKey(kek, changed, "a_one"),
      () => openRootKey(kek, sealed.subarray(0, 10), "a_one"),
    ]) {
      expect(attempt).toThrowError(refused("E_KEK"));
    }
  });

  test("wipes the bytes of a key-encryption key it was given, and refuses other sizes", () => {
    const bytes = randomBytes(32);
    KeyEncryptionKey.take(bytes);
    expect(bytes.equals(Buffer.alloc(32))).toBe(true);
    for (const size of [16, 31, 33])
      expect(() => KeyEncryptionKey.take(randomBytes(size))).toThrowError(refused("E_CRYPTO_KEY"));
  });

  test("gives sub-keys that are independent of each other and of other roots", () => {
    const [a, b] = [RootKey.generate(), RootKey.generate()];
    const part = Buffer.from("row");
    expect(a.matchesStoreMac(a.storeMac(part), part)).toBe(true);
    expect(a.matchesStoreMac(b.storeMac(part), part)).toBe(false);
    expect(a.matchesStoreMac(a.storeMac(part).subarray(1), part)).toBe(false);
    expect(Buffer.from(a.commitment).equals(a.storeMac())).toBe(false);
    const key = generateKey("AES-256", binding);
    expect(a.keyCommitment(key).equals(b.keyCommitment(key))).toBe(false);
  });

  test("commits to two keys of the same material differently", () => {
    const root = RootKey.generate();
    const make = (version: number) =>
      importMaterial(Buffer.alloc(32, 1), "raw", { ...binding, type: "symmetric-key", id: { ...id, version } });
    expect(root.keyCommitment(make(1)).equals(root.keyCommitment(make(2)))).toBe(false);
    expect(root.keyCommitment(make(1))).toEqual(root.keyCommitment(make(1)));
  });
});

describe("the agent's own keys", () => {
  const root = RootKey.generate();

  test.each(["P-256", "Ed25519"] as const)("of kind %s unwrap under their name only", (scheme) => {
    const key = generateSigningKey(scheme);
    const wrapped = wrapSigningKey(root.kek, key, "aik");
    const again = unwrapSigningKey(root.kek, wrapped, "aik");
    expect(again.publicKey.spki).toEqual(key.publicKey.spki);
    expect(key.publicKey.verify(again.sign(Buffer.from("m")), Buffer.from("m"))).toBe(true);
    expect(() => unwrapSigningKey(root.kek, wrapped, "alk")).toThrowError(refused("E_DECRYPT"));
    expect(() => unwrapRecipientKey(root.kek, wrapped, "aik")).toThrowError(refused("E_DECRYPT"));
  });

  test("of the recipient kind unwrap to the same public key", () => {
    const key = generateRecipientKey();
    const wrapped = wrapRecipientKey(root.kek, key, "hpke");
    expect(unwrapRecipientKey(root.kek, wrapped, "hpke").publicKey).toEqual(key.publicKey);
    expect(() => unwrapRecipientKey(root.kek, wrapped, "other")).toThrowError(refused("E_DECRYPT"));
  });
});
