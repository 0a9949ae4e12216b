import { createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exportMaterial } from "../egress.ts";
import { CryptoError } from "../errors.ts";
import { generateKey } from "../provider/crypto.ts";
import { CIPHERTEXT_OVERHEAD_BYTES, openWithKey, parseCiphertextHeader, sealWithKey } from "./ciphertext.ts";

const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 3 };
const usages = ["encrypt", "decrypt"] as const;
const key = generateKey("AES-256", { id, usages, extractable: true });
const text = Buffer.from("plaintext");
const aad = Buffer.from("context");
const refused = (code: string) => expect.objectContaining({ code });

describe("a ciphertext", () => {
  test("names its key version and opens under it", () => {
    const sealed = sealWithKey(key, text, aad);
    expect(sealed.byteLength).toBe(text.byteLength + CIPHERTEXT_OVERHEAD_BYTES);
    expect(parseCiphertextHeader(sealed)).toEqual(id);
    expect(openWithKey(key, sealed, aad)).toEqual(text);
  });

  test("is AES-256-GCM over the documented layout, as an independent reader computes it", () => {
    const sealed = sealWithKey(key, text, aad);
    const decipher = createDecipheriv("aes-256-gcm", exportMaterial(key), sealed.subarray(21, 33));
    decipher.setAAD(Buffer.concat([sealed.subarray(0, 21), aad]));
    decipher.setAuthTag(sealed.subarray(-16));
    const plaintext = Buffer.concat([decipher.update(sealed.subarray(33, -16)), decipher.final()]);
    expect(plaintext).toEqual(text);
    expect(sealed.subarray(0, 21).toString("hex")).toBe("a10102030405060708090a0b0c0d0e0f1000000003");
  });

  test("is refused with any single bit changed, by one code", () => {
    const sealed = sealWithKey(key, text, aad);
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openWithKey(key, changed, aad)).toThrowError(refused("E_DECRYPT"));
    }
  });

  test("is refused at every shorter length and with bytes added", () => {
    const sealed = sealWithKey(key, text, aad);
    for (let length = 0; length < sealed.byteLength; length += 1) {
      expect(() => openWithKey(key, sealed.subarray(0, length), aad)).toThrowError(refused("E_DECRYPT"));
    }
    expect(() => openWithKey(key, Buffer.concat([sealed, Buffer.of(0)]), aad)).toThrowError(refused("E_DECRYPT"));
  });

  test("does not open with another context, nor with bytes moved between header and context", () => {
    const sealed = sealWithKey(key, text, aad);
    expect(() => openWithKey(key, sealed)).toThrowError(refused("E_DECRYPT"));
    expect(() => openWithKey(key, sealed, Buffer.from("contexT"))).toThrowError(refused("E_DECRYPT"));
    expect(() => openWithKey(key, sealed, Buffer.alloc(0))).toThrowError(refused("E_DECRYPT"));
  });

  test("re-labelled for another version does not open there", () => {
    const other = generateKey("AES-256", { id: { ...id, version: 4 }, usages, extractable: false });
    const sealed = sealWithKey(key, text);
    expect(() => openWithKey(other, sealed)).toThrowError(refused("E_DECRYPT"));
    sealed.writeUInt32BE(4, 17);
    expect(() => openWithKey(other, sealed)).toThrowError(refused("E_DECRYPT"));
  });

  test("of any bytes is a typed refusal or opens, never another error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, withHeader) => {
        const given = withHeader ? Buffer.concat([sealWithKey(key, text).subarray(0, 21), bytes]) : bytes;
        expect(() => openWithKey(key, given, aad)).toThrowError(refused("E_DECRYPT"));
      }),
    );
    for (const odd of [null, undefined, "a1", 5, {}, []] as never[])
      expect(() => parseCiphertextHeader(odd)).toThrow(CryptoError);
  });

  test("is different every time", () => {
    expect(sealWithKey(key, text).equals(sealWithKey(key, text))).toBe(false);
  });
});
