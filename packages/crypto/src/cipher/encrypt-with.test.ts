import { describe, expect, test } from "vitest";
import type { CipherMode, CipherParams, Padding } from "../policy/cipher-params.ts";
import { generateKey, generateKeyPair } from "../provider/crypto.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { ALL, attributesOf, secretKey, TEST_ID } from "../testing/test-keys.ts";
import { codeOf, hex } from "../testing/vector-sets.ts";
import { decryptWith, encryptWith } from "./encrypt-with.ts";

const of = (...usages: ("encrypt" | "decrypt")[]) => ({ id: TEST_ID, usages, extractable: false });
const aes = () => generateKey("AES-256", of("encrypt", "decrypt"));
const text = Buffer.from("sixteen bytes!!!and then some");
const given = ({ iv, tag }: { iv?: Buffer; tag?: Buffer }) => ({
  ...(iv === undefined ? {} : { iv }),
  ...(tag === undefined ? {} : { tag }),
});

const SP_800_38A = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
const IV = "000102030405060708090a0b0c0d0e0f";
const PLAINTEXT = "6bc1bee22e409f96e93d7e117393172aae2d";

describe("encryption with parameters", () => {
  test.each<[string, CipherMode, string]>([
    ["F.1.5", "ECB", "f3eed1bdb5d2a03c064b5a7e3db181f8"],
    ["F.2.5", "CBC", "f58c4c04d6e5f1ba779eabfb5f7bfbd6"],
    ["F.3.11", "CFB8", "dc1f1a8520a64db55fcc8ac554844e889700"],
    ["F.3.17", "CFB", "dc7e84bfda79164b7ecd8486985d3860"],
    ["F.4.5", "OFB", "dc7e84bfda79164b7ecd8486985d3860"],
  ])("gives the ciphertext of SP 800-38A %s in %s", (_, mode, ciphertext) => {
    const padding = mode === "ECB" || mode === "CBC" ? ({ padding: "none" } as const) : {};
    const iv = mode === "ECB" ? {} : { iv: hex(IV) };
    const data = hex(PLAINTEXT.slice(0, ciphertext.length));
    const made = encryptWith(secretKey("AES-256", hex(SP_800_38A)), { mode, ...iv, ...padding }, data, ALL);
    expect(made.ciphertext.toString("hex")).toBe(ciphertext);
  });

  test("ChaCha20 gives the ciphertext of RFC 8439 section 2.4.2, from its counter on", () => {
    const key = secretKey("ChaCha20", Buffer.from(Array.from({ length: 32 }, (_, at) => at)));
    const sunscreen =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    const iv = hex("000000000000004a00000000");
    const made = encryptWith(key, { mode: "CHACHA20", iv, counter: 1 }, Buffer.from(sunscreen), ALL);
    expect(made.ciphertext.toString("hex")).toMatch(
      /^6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b/,
    );
    expect(decryptWith(key, { mode: "CHACHA20", iv, counter: 1 }, made.ciphertext).toString()).toBe(sunscreen);
    const whole = Buffer.concat([hex("01000000"), iv]);
    expect(decryptWith(key, { mode: "CHACHA20", iv: whole }, made.ciphertext).toString()).toBe(sunscreen);
  });

  test.each<[string, CipherParams]>([
    ["AES-128", { mode: "GCM", aad: Buffer.from("context") }],
    ["AES-192", { mode: "CCM", aad: Buffer.from("context") }],
    ["AES-256", { mode: "CBC" }],
    ["AES-256", { mode: "CTR" }],
    ["AES-256", { mode: "CFB" }],
    ["AES-256", { mode: "CFB8" }],
    ["AES-256", { mode: "OFB" }],
    ["AES-256", { mode: "KWP" }],
    ["AES-256-XTS", { mode: "XTS", iv: Buffer.alloc(16, 3) }],
    ["ChaCha20", { mode: "CHACHA20" }],
    ["ChaCha20-Poly1305", { mode: "CHACHA20-POLY1305", aad: Buffer.from("context") }],
  ])("gives back what %s took, under a fresh IV every time: %o", (algorithm, params) => {
    const key = generateKey(algorithm, of("encrypt", "decrypt"));
    const first = encryptWith(key, params, text);
    const second = encryptWith(key, params, text);
    expect(decryptWith(key, { ...params, ...given(first) }, first.ciphertext)).toEqual(text);
    if (params.iv === undefined && params.mode !== "KWP") expect(first.iv).not.toEqual(second.iv);
  });

  test.each<Padding>(["pkcs5", "iso10126", "ansi-x923", "one-and-zeros", "zeros", "none"])(
    "takes and gives every length with %s padding",
    (padding) => {
      const key = aes();
      for (let length = padding === "none" ? 16 : 0; length < 50; length += padding === "none" ? 16 : 1) {
        const plaintext = Buffer.alloc(length, 0xaa);
        const sealed = encryptWith(key, { mode: "CBC", padding }, plaintext);
        expect(decryptWith(key, { mode: "CBC", padding, ...given(sealed) }, sealed.ciphertext)).toEqual(plaintext);
      }
    },
  );

  test("takes an IV of the caller's only by permit, and never twice with an authenticated mode", () => {
    const bytes = randomBytes(32);
    const params = { mode: "GCM", iv: randomBytes(12) } as const;
    expect(codeOf(() => encryptWith(secretKey("AES-256", bytes), params, text))).toBe("E_CRYPTO_IV");
    const sealed = encryptWith(secretKey("AES-256", bytes), params, text, { givenIv: true });
    expect(sealed.iv).toEqual(params.iv);
    // The handle was dropped and loaded again: the key version remembers.
    expect(codeOf(() => encryptWith(secretKey("AES-256", bytes), params, text, { givenIv: true }))).toBe("E_CRYPTO_IV");
    const other = { ...of("encrypt", "decrypt"), id: { ...TEST_ID, version: TEST_ID.version + 1 } };
    expect(codeOf(() => encryptWith(generateKey("AES-256", other), params, text, { givenIv: true }))).toBe("ok");
  });

  test("makes full tags and takes shorter ones only by permit, both ways", () => {
    const key = aes();
    const short = { mode: "GCM", tagBytes: 12 } as const;
    expect(codeOf(() => encryptWith(key, short, text))).toBe("E_CRYPTO_LEGACY");
    const sealed = encryptWith(key, short, text, { shortTag: true });
    expect(sealed.tag?.byteLength).toBe(12);
    const open = { mode: "GCM", ...given(sealed) } as const;
    expect(codeOf(() => decryptWith(key, open, sealed.ciphertext))).toBe("E_DECRYPT");
    expect(decryptWith(key, open, sealed.ciphertext, { shortTag: true })).toEqual(text);
    expect(codeOf(() => encryptWith(key, { mode: "GCM", tagBytes: 3 }, text, ALL))).toBe("E_CRYPTO_INPUT");
  });

  test.each<[string, CipherMode]>([
    ["AES-256", "ECB"],
    ["3DES", "CBC"],
  ])("refuses what is legacy without a permit: %s in %s", (algorithm, mode) => {
    const key = generateKey(algorithm, of("encrypt", "decrypt"), { legacy: true });
    expect(codeOf(() => encryptWith(key, { mode }, text))).toBe("E_CRYPTO_LEGACY");
    const sealed = encryptWith(key, { mode }, text, { legacy: true });
    const params = { mode, ...given(sealed) };
    expect(codeOf(() => decryptWith(key, params, sealed.ciphertext))).toBe("E_CRYPTO_LEGACY");
    expect(decryptWith(key, params, sealed.ciphertext, { legacy: true })).toEqual(text);
  });

  test("answers a wrong tag, IV, context, padding, length or key with one refusal", () => {
    const key = aes();
    const gcm = encryptWith(key, { mode: "GCM", aad: Buffer.from("a") }, text);
    const cbc = encryptWith(key, { mode: "CBC" }, text);
    const flipped = (bytes: Buffer | undefined, at: number) => {
      const copy = Buffer.from(bytes ?? []);
      copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
      return copy;
    };
    const open = { mode: "GCM", aad: Buffer.from("a"), ...given(gcm) } as const;
    const padding = cbc.ciphertext.length - 17; // the byte that the padding's length is masked with: never good again
    const attempts = [
      () => decryptWith(key, { ...open, tag: flipped(gcm.tag, 0) }, gcm.ciphertext),
      () => decryptWith(key, { ...open, iv: flipped(gcm.iv, 0) }, gcm.ciphertext),
      () => decryptWith(key, { ...open, aad: Buffer.from("b") }, gcm.ciphertext),
      () => decryptWith(key, { ...open, iv: Buffer.alloc(0) }, gcm.ciphertext),
      () => decryptWith(key, { mode: "GCM", iv: gcm.iv ?? Buffer.alloc(12) }, gcm.ciphertext),
      () => decryptWith(aes(), open, gcm.ciphertext),
      () => decryptWith(key, { mode: "CBC", ...given(cbc) }, cbc.ciphertext.subarray(1)),
      () => decryptWith(key, { mode: "CBC", ...given(cbc) }, Buffer.alloc(0)),
      () => decryptWith(key, { mode: "CBC", ...given(cbc) }, flipped(cbc.ciphertext, padding)),
      () => decryptWith(key, { mode: "KW" }, randomBytes(24)),
    ];
    const messages = attempts.map((attempt) => {
      expect(codeOf(attempt)).toBe("E_DECRYPT");
      try {
        attempt();
      } catch (error) {
        return (error as Error).message;
      }
      return null;
    });
    expect(new Set(messages).size).toBe(1);
  });

  test("opens RSA-OAEP with a mask of another hash function, and nothing that was changed", () => {
    const { privateKey, publicKey } = generateKeyPair("RSA-2048", {
      privateKey: of("decrypt"),
      publicKey: of("encrypt"),
    });
    const params = { mode: "RSA-OAEP", hash: "SHA-256", mgfHash: "SHA-1", label: Buffer.from("l") } as const;
    for (const length of [0, 1, 190]) {
      const plaintext = Buffer.alloc(length, 1);
      const { ciphertext } = encryptWith(publicKey, params, plaintext);
      expect(decryptWith(privateKey, params, ciphertext)).toEqual(plaintext);
      expect(codeOf(() => decryptWith(privateKey, { ...params, label: Buffer.from("m") }, ciphertext))).toBe(
        "E_DECRYPT",
      );
      expect(codeOf(() => decryptWith(privateKey, { mode: "RSA-OAEP", hash: "SHA-256" }, ciphertext))).toBe(
        "E_DECRYPT",
      );
    }
    expect(codeOf(() => encryptWith(publicKey, params, Buffer.alloc(191)))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => decryptWith(privateKey, params, Buffer.alloc(256)))).toBe("E_DECRYPT");
    expect(codeOf(() => encryptWith(publicKey, { mode: "RSA-PKCS1" }, text))).toBe("E_CRYPTO_LEGACY");
    const old = encryptWith(publicKey, { mode: "RSA-PKCS1" }, text, ALL).ciphertext;
    expect(decryptWith(privateKey, { mode: "RSA-PKCS1" }, old, ALL)).toEqual(text);
    old.writeUInt8(old.readUInt8(200) ^ 1, 200);
    expect(codeOf(() => decryptWith(privateKey, { mode: "RSA-PKCS1" }, old, ALL))).toBe("ok"); // implicit rejection
  });

  test("refuses modes, paddings and parameters the key has not", () => {
    const key = aes();
    expect(codeOf(() => encryptWith(key, { mode: "XTS", iv: Buffer.alloc(16) }, text))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => encryptWith(key, { mode: "GCM", padding: "pkcs5" }, text))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => encryptWith(key, { mode: "CBC", aad: text }, text))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => encryptWith(key, { mode: "CBC", padding: "none" }, text))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => encryptWith(key, { mode: "toString" as never }, text))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => encryptWith(key, null as never, text))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => encryptWith({} as never, { mode: "GCM" }, text))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => encryptWith(generateKey("AES-256", of("decrypt")), { mode: "GCM" }, text))).toBe(
      "E_CRYPTO_USAGE",
    );
    const hmac = secretKey("HMAC-SHA256", Buffer.alloc(32, 1));
    expect(codeOf(() => encryptWith(hmac, { mode: "GCM" }, text))).toBe("E_CRYPTO_USAGE");
  });

  test("counts GCM with given IVs against the key version, and blocks of 3DES", () => {
    const key = aes();
    key.resumeInvocations(key.invocationLimit);
    expect(codeOf(() => encryptWith(key, { mode: "GCM" }, text))).toBe("E_CRYPTO_LIMIT");
    expect(codeOf(() => encryptWith(key, { mode: "GCM", iv: randomBytes(12) }, text, ALL))).toBe("E_CRYPTO_LIMIT");
    expect(codeOf(() => encryptWith(key, { mode: "CBC" }, text))).toBe("ok");
    const old = generateKey("3DES", of("encrypt"), ALL);
    old.resumeInvocations(2 ** 20 - 1);
    expect(codeOf(() => encryptWith(old, { mode: "CBC", padding: "none" }, Buffer.alloc(8), ALL))).toBe("ok");
    expect(codeOf(() => encryptWith(old, { mode: "CBC", padding: "none" }, Buffer.alloc(8), ALL))).toBe(
      "E_CRYPTO_LIMIT",
    );
  });

  test("takes no XTS key whose halves are equal, no short 3DES bundle and no key of another size", () => {
    for (const [algorithm, bytes] of [
      ["AES-128-XTS", Buffer.alloc(32, 7)],
      ["3DES", Buffer.alloc(24, 7)],
      ["AES-256", Buffer.alloc(31)],
    ] as const)
      expect(
        codeOf(() => secretKey(algorithm, bytes)),
        algorithm,
      ).toBe("E_CRYPTO_KEY");
    expect(attributesOf("3DES", "symmetric-key").usages).toContain("decrypt");
  });
});
