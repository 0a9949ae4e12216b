import { describe, expect, test } from "vitest";
import type { CipherParams } from "../policy/cipher-params.ts";
import { generateKey } from "../provider/crypto.ts";
import { ALL, TEST_ID } from "../testing/test-keys.ts";
import { codeOf } from "../testing/vector-sets.ts";
import { createCipher, createDecipher } from "./cipher-stream.ts";
import { decryptWith } from "./encrypt-with.ts";

const attributes = { id: TEST_ID, usages: ["encrypt", "decrypt"], extractable: false } as const;
const parts = [1, 15, 16, 17, 0, 40].map((size) => Buffer.alloc(size, size));
const whole = Buffer.concat(parts);

describe("a cipher in parts", () => {
  test.each<[string, CipherParams]>([
    ["AES-256", { mode: "GCM", aad: Buffer.from("context") }],
    ["AES-256", { mode: "CCM" }],
    ["AES-256", { mode: "CBC" }],
    ["AES-256", { mode: "CBC", padding: "iso10126" }],
    ["AES-256", { mode: "CTR" }],
    ["AES-256", { mode: "ECB" }],
    ["AES-256-XTS", { mode: "XTS", iv: Buffer.alloc(16, 1) }],
    ["ChaCha20-Poly1305", { mode: "CHACHA20-POLY1305" }],
  ])("makes with %s what opens at once, and opens it in parts: %o", (algorithm, params) => {
    const key = generateKey(algorithm, attributes);
    const cipher = createCipher(key, params, ALL);
    const body = parts.map((part) => cipher.update(part));
    const { ciphertext, tag } = cipher.final();
    const all = Buffer.concat([...body, ciphertext]);
    const iv = cipher.iv ?? params.iv;
    const open = { ...params, ...(iv === undefined ? {} : { iv }), ...(tag === undefined ? {} : { tag }) };
    expect(decryptWith(key, open, all, ALL)).toEqual(whole);
    const decipher = createDecipher(key, open, ALL);
    const pieces: Buffer[] = [];
    for (let at = 0; at < all.byteLength; at += 7) pieces.push(decipher.update(all.subarray(at, at + 7)));
    pieces.push(decipher.final());
    expect(Buffer.concat(pieces)).toEqual(whole);
  });

  test("releases nothing of a GCM message before its tag, and nothing at all of a changed one", () => {
    const key = generateKey("AES-256", attributes);
    const cipher = createCipher(key, { mode: "GCM" });
    const body = cipher.update(whole);
    const { ciphertext, tag } = cipher.final();
    const iv = cipher.iv ?? Buffer.alloc(12);
    const decipher = createDecipher(key, { mode: "GCM", iv });
    expect(decipher.update(body).byteLength).toBe(0);
    expect(decipher.update(ciphertext).byteLength).toBe(0);
    expect(decipher.final(tag)).toEqual(whole);
    const changed = createDecipher(key, { mode: "GCM", iv });
    changed.update(Buffer.from(body).fill(0, 0, 1));
    expect(codeOf(() => changed.final(tag))).toBe("E_DECRYPT");
    const untagged = createDecipher(key, { mode: "GCM", iv });
    expect(codeOf(() => untagged.final())).toBe("E_DECRYPT");
  });

  test("ends once, and with its key", () => {
    const key = generateKey("AES-256", attributes);
    const ended = createCipher(key, { mode: "CBC" });
    ended.final();
    expect(codeOf(() => ended.update(whole))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => ended.final())).toBe("E_CRYPTO_INPUT");
    const running = createCipher(key, { mode: "CBC" });
    key.zeroize();
    expect(codeOf(() => running.update(whole))).toBe("E_CRYPTO_DESTROYED");
    expect(codeOf(() => running.final())).toBe("E_CRYPTO_DESTROYED");
  });
});
