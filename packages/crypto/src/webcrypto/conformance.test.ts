import { hkdfSync } from "node:crypto";
import { hasSoftHsm, SoftHsm } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wrapMaterial } from "../egress.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import { openSoftHsm } from "../pkcs11/testing/open-soft-hsm.ts";
import type { Token } from "../pkcs11/token.ts";
import type { KeyUsage as Usage } from "../policy/usage.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { algorithmTable } from "../testing/algorithm-table.ts";
import { type BackEnd, softwareBackEnd, tokenBackEnd } from "../testing/back-ends.ts";
import { synchronousTable } from "../testing/synchronous-table.ts";
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
const aesHandle = (bytes: Buffer): KeyHandle => keyOf(bytes, ["encrypt", "decrypt"]);
const keyOf = (bytes: Buffer, usages: readonly Usage[]): KeyHandle =>
  importMaterial(bytes, "raw", {
    id,
    usages,
    extractable: true,
    type: "symmetric-key",
    algorithm: "AES-256",
  });
const text = Buffer.from("the same table for both faces");
const aad = Buffer.from("context");

const faces = ["synchronous", "asynchronous"] as const;

let hsm: SoftHsm | null = null;
let token: Token | null = null;
beforeAll(async () => {
  if (!hasSoftHsm) return;
  hsm = new SoftHsm();
  hsm.make("conformance");
  token = await openSoftHsm(hsm, "conformance");
}, 60_000);
afterAll(async () => {
  await token?.close();
  hsm?.remove();
});

const BACK_ENDS = {
  memory: softwareBackEnd(),
  "a token (SoftHSM2)": tokenBackEnd(() => token as Token),
} as const satisfies Record<string, BackEnd>;

for (const [place, back] of Object.entries(BACK_ENDS)) {
  const handleFor = (...usages: Usage[]): Promise<KeyHandle> => back.secret("AES-256", usages);

  describe.skipIf(place !== "memory" && !hasSoftHsm)(`with keys in ${place}`, () => {
    for (const [name, face] of Object.entries(FACES)) {
      describe(`the ${name} face`, () => {
        test.each([0, 1, 15, 16, 17, 1024, 65_536])("gives back %i bytes as they were", async (size) => {
          const handle = await handleFor("encrypt", "decrypt");
          const plaintext = size === 0 ? Buffer.alloc(0) : randomBytes(size);
          const { iv, body } = await face.encrypt(handle, plaintext, aad);
          expect(body.byteLength).toBe(size + 16);
          expect(Buffer.from(await face.decrypt(handle, iv, body, aad))).toEqual(plaintext);
        });

        for (const [otherName, other] of Object.entries(FACES)) {
          test(`opens what the ${otherName} face sealed`, async () => {
            const handle = await handleFor("encrypt", "decrypt");
            const { iv, body } = await other.encrypt(handle, text, aad);
            expect(Buffer.from(await face.decrypt(handle, iv, body, aad))).toEqual(text);
          });
        }

        test("counts each encryption against the key version and refuses at the limit", async () => {
          const handle = await handleFor("encrypt", "decrypt");
          await face.encrypt(handle, text, aad);
          expect(handle.invocations).toBe(1);
          handle.resumeInvocations(handle.invocationLimit - 1);
          await face.encrypt(handle, text, aad);
          await expect(face.encrypt(handle, text, aad)).rejects.toMatchObject({ code: "E_CRYPTO_LIMIT" });
        });

        test("refuses to encrypt with a key that may only decrypt", async () => {
          await expect(face.encrypt(await handleFor("decrypt"), text, aad)).rejects.toMatchObject({
            code: "E_CRYPTO_USAGE",
          });
        });

        test("refuses to decrypt with a key that may only encrypt", async () => {
          const handle = await handleFor("encrypt");
          const { iv, body } = await face.encrypt(handle, text, aad);
          await expect(face.decrypt(handle, iv, body, aad)).rejects.toMatchObject({ code: "E_CRYPTO_USAGE" });
        });

        test("refuses a key that was zeroised", async () => {
          const handle = await handleFor("encrypt", "decrypt");
          const { iv, body } = await face.encrypt(handle, text, aad);
          handle.zeroize();
          await expect(face.encrypt(handle, text, aad)).rejects.toMatchObject({ code: "E_CRYPTO_DESTROYED" });
          await expect(face.decrypt(handle, iv, body, aad)).rejects.toMatchObject({ code: "E_CRYPTO_DESTROYED" });
        });

        test("answers a changed byte, IV, context, truncation or key with one and the same refusal", async () => {
          const handle = await handleFor("encrypt", "decrypt");
          const { iv, body } = await face.encrypt(handle, text, aad);
          const other = await handleFor("decrypt");
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

    const table = algorithmTable(subtle, back);

    describe.each(table)("$name on both faces", ({ make, protect, open }) => {
      test.each(faces)("the %s face opens what each face protected", async (face) => {
        const keys = await make();
        for (const other of faces) {
          const protectedText = await protect[other](keys.protecting, text);
          expect(await open[face](keys.opening, text, protectedText)).toBe(true);
        }
      });

      test.each(faces)("the %s face refuses a key without the usage, and one that was zeroised", async (face) => {
        const keys = await make();
        const protectedText = await protect[face](keys.protecting, text);
        await expect(open[face](keys.idle, text, protectedText)).rejects.toMatchObject({ code: "E_CRYPTO_USAGE" });
        keys.protecting.zeroize();
        keys.opening.zeroize();
        await expect(protect[face](keys.protecting, text)).rejects.toMatchObject({ code: "E_CRYPTO_DESTROYED" });
        await expect(open[face](keys.opening, text, protectedText)).rejects.toMatchObject({
          code: "E_CRYPTO_DESTROYED",
        });
      });
    });

    describe.each(table.filter(({ authenticates }) => authenticates))(
      "$name on both faces",
      ({ make, protect, open }) => {
        test.each(faces)("the %s face takes nothing that was changed", async (face) => {
          const keys = await make();
          const protectedText = await protect[face](keys.protecting, text);
          for (let at = 0; at < protectedText.byteLength; at += 7) {
            const opened = await open[face](keys.opening, text, flipped(protectedText, at)).catch(
              (error: unknown) => error,
            );
            expect(opened === false || (opened as { code?: string }).code === "E_DECRYPT").toBe(true);
          }
        });
      },
    );

    describe.each(synchronousTable(back))("$name on the synchronous face", ({ make, protect, open }) => {
      test("opens what it protected, and nothing that was changed", async () => {
        const keys = await make();
        const protectedText = protect(keys.protecting, text);
        expect(open(keys.opening, text, protectedText)).toBe(true);
        for (let at = 0; at < protectedText.byteLength; at += 5) {
          expect(refusedOrFalse(() => open(keys.opening, text, flipped(protectedText, at)))).toBe(true);
        }
      });

      test("refuses a key without the usage", async () => {
        const keys = await make();
        const protectedText = protect(keys.protecting, text);
        expect(() => open(keys.idle, text, protectedText)).toThrowError(
          expect.objectContaining({ code: "E_CRYPTO_USAGE" }),
        );
      });
    });
  });
}

function refusedOrFalse(work: () => boolean): boolean {
  try {
    return !work();
  } catch (error) {
    return (error as { code?: string }).code === "E_DECRYPT";
  }
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

  test("derives and unwraps into handles, the same as the synchronous face", async () => {
    const bits = randomBytes(32);
    const base = await subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(16), info: new Uint8Array(3) };
    const key = (await subtle.deriveKey(hkdf, base, aes, false, ["encrypt", "decrypt"])) as unknown as KeyHandle;
    const expected = Buffer.from(hkdfSync("sha256", bits, hkdf.salt, hkdf.info, 32));
    expect(key.checkValue()).toBe(aesHandle(expected).checkValue());
    const kek = await subtle.generateKey({ name: "AES-KW", length: 256 }, false, ["wrapKey", "unwrapKey"]);
    const wrapped = wrapMaterial(kek as unknown as KeyHandle, { mode: "KW" }, expected).ciphertext;
    const unwrapped = await subtle.unwrapKey("raw", wrapped as BufferSource, kek, "AES-KW", aes, false, ["encrypt"]);
    expect((unwrapped as unknown as KeyHandle).checkValue()).toBe(key.checkValue());
    await expect(
      subtle.unwrapKey("raw", flipped(wrapped, 5) as BufferSource, kek, "AES-KW", aes, false, ["encrypt"]),
    ).rejects.toMatchObject({ code: "E_DECRYPT" });
  });

  test.each([{ name: "ECDH", namedCurve: "P-256" }, { name: "X25519" }])(
    "agrees by $name on one base for HKDF",
    async (algorithm) => {
      const one = (await subtle.generateKey(algorithm, false, ["deriveKey"])) as CryptoKeyPair;
      const other = (await subtle.generateKey(algorithm, false, ["deriveKey"])) as CryptoKeyPair;
      const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: new Uint8Array(0) };
      const keyOf = async (mine: CryptoKeyPair, theirs: CryptoKeyPair) => {
        const agreed = { ...algorithm, public: theirs.publicKey } as EcdhKeyDeriveParams;
        const base = await subtle.deriveKey(agreed, mine.privateKey, "HKDF", false, ["deriveKey"]);
        return (await subtle.deriveKey(hkdf, base, aes, false, ["encrypt"])) as unknown as KeyHandle;
      };
      expect((await keyOf(one, other)).checkValue()).toBe((await keyOf(other, one)).checkValue());
      await expect(
        subtle.deriveKey({ ...algorithm, public: other.publicKey } as EcdhKeyDeriveParams, one.privateKey, aes, false, [
          "encrypt",
        ]),
      ).rejects.toMatchObject({ code: "E_CRYPTO_ALGORITHM" });
    },
  );

  test("never gives GCM one IV twice under one key", async () => {
    const key = await subtle.generateKey(aes, false, ["encrypt"]);
    const gcm = { name: "AES-GCM", iv: randomBytes(12) } as AesGcmParams;
    await subtle.encrypt(gcm, key, text);
    await expect(subtle.encrypt(gcm, key, text)).rejects.toMatchObject({ code: "E_CRYPTO_IV" });
  });

  test("refuses wrapKey and deriveBits, by which material would leave", async () => {
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

  test.each(["AES-ECB", "AES-CMAC", "DES-CBC", "RSAES-PKCS1-v1_5", "constructor", "__proto__", ""])(
    "refuses the algorithm %j",
    async (name) => {
      await expect(
        subtle.generateKey({ name, length: 256 } as AesKeyGenParams, false, ["encrypt"]),
      ).rejects.toMatchObject({
        code: "E_CRYPTO_ALGORITHM",
      });
    },
  );

  test("refuses AES keys of no size there is and foreign key objects", async () => {
    await expect(subtle.generateKey({ name: "AES-GCM", length: 160 }, false, ["encrypt"])).rejects.toMatchObject({
      code: "E_CRYPTO_INPUT",
    });
    await expect(subtle.importKey("raw", new Uint8Array(20), "AES-GCM", false, ["encrypt"])).rejects.toMatchObject({
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
