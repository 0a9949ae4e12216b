import { describe, expect, test } from "vitest";
import type { KeyHandle } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import type { KeyUsage as Usage } from "../policy/usage.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { HoldfastCrypto } from "./holdfast-crypto.ts";

/** One face of the package: the same operations on the same handles. */
interface Face {
  readonly encrypt: (
    handle: KeyHandle,
    plaintext: Uint8Array,
    aad: Uint8Array,
  ) => Promise<{ iv: Uint8Array; body: Uint8Array }>;
  readonly decrypt: (handle: KeyHandle, iv: Uint8Array, body: Uint8Array, aad: Uint8Array) => Promise<Uint8Array>;
}

const subtle = new HoldfastCrypto().subtle;
const asynchronous: Face = {
  async encrypt(handle, plaintext, aad) {
    const iv = randomBytes(12);
    const body = await subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: aad } as AesGcmParams,
      handle,
      plaintext as BufferSource,
    );
    return { iv, body: new Uint8Array(body) };
  },
  async decrypt(handle, iv, body, aad) {
    return new Uint8Array(
      await subtle.decrypt({ name: "AES-GCM", iv, additionalData: aad } as AesGcmParams, handle, body as BufferSource),
    );
  },
};
const synchronous: Face = {
  async encrypt(handle, plaintext, aad) {
    const { iv, ciphertext, tag } = handle.encryptSync(plaintext, aad);
    return { iv, body: Buffer.concat([ciphertext, tag]) };
  },
  async decrypt(handle, iv, body, aad) {
    return handle.decryptSync({ iv, ciphertext: body.subarray(0, -16), tag: body.subarray(-16) }, aad);
  },
};
const FACES = { asynchronous, synchronous } as const;

const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const handleFor = (...usages: Usage[]): KeyHandle => aesKey(7, usages);
const aesKey = (byte: number, usages: readonly Usage[]): KeyHandle =>
  importMaterial(Buffer.alloc(32, byte), "raw", {
    id,
    usages,
    extractable: true,
    type: "symmetric-key",
    algorithm: "AES-256",
  });
const text = Buffer.from("the same table for both faces");
const aad = Buffer.from("context");

for (const [name, face] of Object.entries(FACES)) {
  describe(`the ${name} face`, () => {
    test.each([0, 1, 15, 16, 17, 1024, 65_536])("gives back %i bytes as they were", async (size) => {
      const handle = handleFor("encrypt", "decrypt");
      const plaintext = size === 0 ? Buffer.alloc(0) : randomBytes(size);
      const { iv, body } = await face.encrypt(handle, plaintext, aad);
      expect(body.byteLength).toBe(size + 16);
      expect(Buffer.from(await face.decrypt(handle, iv, body, aad))).toEqual(plaintext);
    });

    for (const [otherName, other] of Object.entries(FACES)) {
      test(`opens what the ${otherName} face sealed`, async () => {
        const handle = handleFor("encrypt", "decrypt");
        const { iv, body } = await other.encrypt(handle, text, aad);
        expect(Buffer.from(await face.decrypt(handle, iv, body, aad))).toEqual(text);
      });
    }

    test("counts each encryption against the key version and refuses at the limit", async () => {
      const handle = handleFor("encrypt", "decrypt");
      await face.encrypt(handle, text, aad);
      expect(handle.invocations).toBe(1);
      handle.resumeInvocations(handle.invocationLimit - 1);
      await face.encrypt(handle, text, aad);
      await expect(face.encrypt(handle, text, aad)).rejects.toMatchObject({ code: "E_CRYPTO_LIMIT" });
    });

    test("refuses to encrypt with a key that may only decrypt", async () => {
      await expect(face.encrypt(handleFor("decrypt"), text, aad)).rejects.toMatchObject({ code: "E_CRYPTO_USAGE" });
    });

    test("refuses to decrypt with a key that may only encrypt", async () => {
      const handle = handleFor("encrypt");
      const { iv, body } = await face.encrypt(handle, text, aad);
      await expect(face.decrypt(handle, iv, body, aad)).rejects.toMatchObject({ code: "E_CRYPTO_USAGE" });
    });

    test("refuses a key that was zeroised", async () => {
      const handle = handleFor("encrypt", "decrypt");
      const { iv, body } = await face.encrypt(handle, text, aad);
      handle.zeroize();
      await expect(face.encrypt(handle, text, aad)).rejects.toMatchObject({ code: "E_CRYPTO_DESTROYED" });
      await expect(face.decrypt(handle, iv, body, aad)).rejects.toMatchObject({ code: "E_CRYPTO_DESTROYED" });
    });

    test("answers a changed byte, IV, context, truncation or key with one and the same refusal", async () => {
      const handle = handleFor("encrypt", "decrypt");
      const { iv, body } = await face.encrypt(handle, text, aad);
      const other = aesKey(8, ["decrypt"]);
      const attempts: (() => Promise<Uint8Array>)[] = [
        () => face.decrypt(handle, iv, body, Buffer.from("another context")),
        () => face.decrypt(handle, iv, body.subarray(0, -1), aad),
        () => face.decrypt(handle, iv, Buffer.concat([body, Buffer.of(0)]), aad),
        () => face.decrypt(handle, iv, body.subarray(0, 4), aad),
        () => face.decrypt(handle, flipped(iv, 0), body, aad),
        () => face.decrypt(other, iv, body, aad),
        ...Array.from(body, (_, at) => () => face.decrypt(handle, iv, flipped(body, at), aad)),
      ];
      const messages = new Set<string>();
      for (const attempt of attempts) {
        const refusal = await attempt().then(
          () => null,
          (error: unknown) => error,
        );
        expect(refusal).toMatchObject({ code: "E_DECRYPT" });
        messages.add((refusal as Error).message);
      }
      expect(messages.size).toBe(1);
    });
  });
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe("WebCrypto over handles", () => {
  const aes = { name: "AES-GCM", length: 256 };

  test("never exports a secret key, extractable or not", async () => {
    for (const extractable of [true, false]) {
      const key = await subtle.generateKey(aes, extractable, ["encrypt"]);
      for (const format of ["raw", "jwk"] as const) {
        await expect(subtle.exportKey(format as "raw", key)).rejects.toMatchObject({ code: "E_NOT_EXTRACTABLE" });
      }
    }
  });

  test("refuses wrapKey, unwrapKey and derivation", async () => {
    const key = await subtle.generateKey(aes, true, ["encrypt", "decrypt"]);
    const gcm = { name: "AES-GCM", iv: new Uint8Array(12) };
    await expect(subtle.wrapKey("raw", key, key, gcm)).rejects.toMatchObject({ code: "E_CRYPTO_USAGE" });
    await expect(subtle.unwrapKey("raw", new Uint8Array(48), key, gcm, aes, true, ["encrypt"])).rejects.toMatchObject({
      code: "E_CRYPTO_USAGE",
    });
    await expect(subtle.deriveBits("HKDF", key, 256)).rejects.toMatchObject({ code: "E_CRYPTO_USAGE" });
  });

  test("takes 96-bit IVs and 128-bit tags only", async () => {
    const key = await subtle.generateKey(aes, false, ["encrypt"]);
    for (const params of [
      { iv: new Uint8Array(16) },
      { iv: new Uint8Array(8) },
      { iv: new Uint8Array(12), tagLength: 96 },
    ]) {
      await expect(subtle.encrypt({ name: "AES-GCM", ...params }, key, text)).rejects.toMatchObject({
        code: "E_CRYPTO_INPUT",
      });
    }
  });

  test.each(["AES-CBC", "AES-CTR", "AES-ECB", "RSA-OAEP", "constructor", "__proto__", ""])(
    "refuses the algorithm %j",
    async (name) => {
      await expect(
        subtle.generateKey({ name, length: 256 } as AesKeyGenParams, false, ["encrypt"]),
      ).rejects.toMatchObject({
        code: "E_CRYPTO_ALGORITHM",
      });
    },
  );

  test("refuses 128-bit AES keys and foreign key objects", async () => {
    await expect(subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"])).rejects.toMatchObject({
      code: "E_CRYPTO_ALGORITHM",
    });
    await expect(subtle.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt"])).rejects.toMatchObject({
      code: "E_CRYPTO_KEY",
    });
    const foreign = await globalThis.crypto.subtle.generateKey(aes, true, ["encrypt"]);
    const iv = new Uint8Array(12);
    await expect(
      subtle.encrypt({ name: "AES-GCM", iv } as AesGcmParams, foreign as CryptoKey, text),
    ).rejects.toMatchObject({
      code: "E_CRYPTO_INPUT",
    });
  });

  test("answers malformed calls with its own errors only", async () => {
    const key = await subtle.generateKey(aes, false, ["encrypt"]);
    const odd = [undefined, null, 7, "x", {}, [], { name: 1 }, { name: "AES-GCM", iv: "x" }] as never[];
    for (const value of odd) {
      await expect(subtle.encrypt(value, key, text)).rejects.toHaveProperty("code");
      await expect(
        subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) } as AesGcmParams, value, text),
      ).rejects.toHaveProperty("code");
      await expect(subtle.importKey("raw", value, "AES-GCM", false, ["encrypt"])).rejects.toHaveProperty("code");
    }
  });
});
