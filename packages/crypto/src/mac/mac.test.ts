import { describe, expect, test } from "vitest";
import { decryptWith } from "../cipher/encrypt-with.ts";
import { exportMaterial } from "../egress.ts";
import { generateKey } from "../provider/crypto.ts";
import { secretKey, TEST_ID } from "../testing/test-keys.ts";
import { codeOf } from "../testing/vector-sets.ts";
import { digest } from "./digest.ts";
import { mac, verifyMac } from "./mac.ts";

const data = Buffer.from("data");
const attributes = { id: TEST_ID, usages: ["mac", "verifymac"], extractable: false } as const;

describe("MACs", () => {
  test.each(["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512-256", "HMAC-SHA3-384"])(
    "%s verifies its own and no other",
    (name) => {
      const key = generateKey(name, attributes);
      const made = mac(key, { algorithm: "HMAC" }, data).mac;
      expect(verifyMac(key, { algorithm: "HMAC" }, data, made)).toBe(true);
      expect(verifyMac(key, { algorithm: "HMAC" }, Buffer.from("dato"), made)).toBe(false);
      expect(verifyMac(key, { algorithm: "HMAC" }, data, made.subarray(0, -1))).toBe(false);
      expect(verifyMac(generateKey(name, attributes), { algorithm: "HMAC" }, data, made)).toBe(false);
    },
  );

  test("GMAC makes its own IV, takes another's by permit, and never one twice", () => {
    const key = generateKey("AES-128", { ...attributes, extractable: true });
    const { mac: made, iv = Buffer.alloc(0) } = mac(key, { algorithm: "GMAC" }, data);
    expect(verifyMac(key, { algorithm: "GMAC", iv }, data, made)).toBe(true);
    const opening = secretKey("AES-128", exportMaterial(key));
    expect(decryptWith(opening, { mode: "GCM", iv, aad: data, tag: made }, Buffer.alloc(0)).byteLength).toBe(0);
    expect(codeOf(() => verifyMac(key, { algorithm: "GMAC" }, data, made))).toBe("E_CRYPTO_INPUT");
    const given = { algorithm: "GMAC", iv: Buffer.alloc(12, 5) } as const;
    expect(codeOf(() => mac(key, given, data))).toBe("E_CRYPTO_IV");
    expect(codeOf(() => mac(key, given, data, { givenIv: true }))).toBe("ok");
    expect(codeOf(() => mac(key, given, data, { givenIv: true }))).toBe("E_CRYPTO_IV");
  });

  test("refuses HMAC-MD5, short keys and cut MACs without a permit", () => {
    const old = secretKey("HMAC-MD5", Buffer.alloc(16, 1));
    expect(codeOf(() => mac(old, { algorithm: "HMAC" }, data))).toBe("E_CRYPTO_LEGACY");
    expect(codeOf(() => mac(old, { algorithm: "HMAC" }, data, { legacy: true }))).toBe("ok");
    const short = secretKey("HMAC-SHA256", Buffer.alloc(13, 1));
    expect(codeOf(() => mac(short, { algorithm: "HMAC" }, data))).toBe("E_CRYPTO_LEGACY");
    const key = generateKey("HMAC-SHA256", attributes);
    expect(codeOf(() => mac(key, { algorithm: "HMAC", bytes: 16 }, data))).toBe("E_CRYPTO_LEGACY");
    const cut = mac(key, { algorithm: "HMAC", bytes: 16 }, data, { shortTag: true }).mac;
    expect(verifyMac(key, { algorithm: "HMAC" }, data, cut)).toBe(false);
    expect(codeOf(() => mac(key, { algorithm: "HMAC", bytes: 3 }, data, { shortTag: true }))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => mac(key, { algorithm: "CMAC" }, data))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => generateKey("HMAC-SHA256", { ...attributes, bits: 104 }))).toBe("E_CRYPTO_INPUT");
  });

  test("a digest is of a current hash function, or by permit", () => {
    expect(digest("SHA-256", Buffer.from("abc")).toString("hex")).toMatch(/^ba7816bf/);
    expect(codeOf(() => digest("SHA-1", data))).toBe("E_CRYPTO_LEGACY");
    expect(codeOf(() => digest("constructor" as never, data))).toBe("E_CRYPTO_ALGORITHM");
  });
});
