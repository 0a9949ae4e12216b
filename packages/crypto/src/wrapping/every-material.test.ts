import { describe, expect, test } from "vitest";
import { encryptWith } from "../cipher/encrypt-with.ts";
import { exportMaterial, wrapMaterial } from "../egress.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { importMaterial } from "../material/import-material.ts";
import { generateKey, generateKeyPair, keyAlgorithms, usagesOf } from "../provider/crypto.ts";
import { ALL, attributesOf, secretKey, TEST_ID } from "../testing/test-keys.ts";
import { codeOf, hex } from "../testing/vector-sets.ts";
import { RootKey, takeRootKey } from "./root-key.ts";
import { unwrapKey } from "./unwrap-key.ts";
import { type KeyBinding, unwrapKeyMaterial, wrapKeyMaterial } from "./wrap-key-material.ts";

const root = RootKey.generate();
const bindingOf = (handle: KeyHandle): KeyBinding & { bits: number } => ({
  domain: "d1",
  id: handle.id,
  type: handle.materialType,
  algorithm: handle.keyAlgorithm,
  bits: handle.bits,
  usages: handle.keyUsages,
  extractable: handle.extractable,
});

/** One handle of everything there is, RSA once. */
const everything: readonly KeyHandle[] = [
  ...keyAlgorithms.flatMap((algorithm) => {
    const secret = usagesOf(algorithm, "symmetric-key");
    if (secret.length > 0) return [generateKey(algorithm, { id: TEST_ID, usages: secret, extractable: true }, ALL)];
    if (algorithm.startsWith("RSA") && algorithm !== "RSA-2048") return [];
    const of = (type: "private-key" | "public-key") => ({
      id: TEST_ID,
      usages: usagesOf(algorithm, type),
      extractable: true,
    });
    const pair = generateKeyPair(algorithm, { privateKey: of("private-key"), publicKey: of("public-key") });
    return [pair.privateKey, pair.publicKey];
  }),
  importMaterial(Buffer.from("hunter2"), "raw", {
    id: TEST_ID,
    type: "secret-data",
    algorithm: null,
    usages: [],
    extractable: true,
  }),
];

describe("material at rest", () => {
  test("what the first release wrapped still opens, with the same commitment and check value", () => {
    const old = takeRootKey(Buffer.alloc(32, 0x11));
    const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 3 };
    const rows = [
      {
        usages: ["encrypt", "decrypt"],
        extractable: false,
        wrapped:
          "01f2a7d390d31a695c5fb9fe06fc61adbb8879a52c0f5efb3fb1ae26535290534b4ead46ccb75cfb922881b589292b2077e5b0ea566a91e901991ea14d",
      },
      {
        usages: ["decrypt"],
        extractable: true,
        wrapped:
          "01edf087a1c9a355b911698e83f955853e24151695bebb27f0bea9bc958b48d2cd1c9395e03a1ed7073b162d3165a6e7820d2e31e4f156c0aefacc56e0",
      },
    ] as const;
    for (const { usages, extractable, wrapped } of rows) {
      const binding = { domain: "d1", id, algorithm: "AES-256", usages, extractable };
      const handle = unwrapKeyMaterial(old.kek, hex(wrapped), binding);
      expect(handle.checkValue()).toBe("3969E3");
      expect(old.keyCommitment(handle).toString("hex")).toBe(
        "49cd24b7c56102f127e7bddfb9be6ff8f3ea830b910b8b1db7720716d334c4fc",
      );
      expect(unwrapKeyMaterial(old.kek, wrapKeyMaterial(old.kek, handle, "d1"), binding).checkValue()).toBe("3969E3");
    }
  });

  test("everything goes into the store and comes back as it was", () => {
    for (const handle of everything) {
      const again = unwrapKeyMaterial(root.kek, wrapKeyMaterial(root.kek, handle, "d1"), bindingOf(handle));
      expect(JSON.stringify(again)).toBe(JSON.stringify(handle));
      expect(exportMaterial(again)).toEqual(exportMaterial(handle));
      expect(root.keyCommitment(again)).toEqual(root.keyCommitment(handle));
      expect(again.checkValue()).toBe(handle.checkValue());
      expect(again.keyUsages).toEqual(handle.keyUsages);
    }
  });

  test("nothing opens under another domain, id, version, type, algorithm, size, usage or extractability", () => {
    for (const handle of everything) {
      const wrapped = wrapKeyMaterial(root.kek, handle, "d1");
      const binding = bindingOf(handle);
      const others: Partial<KeyBinding>[] = [
        { domain: "d2" },
        { id: { ...binding.id, version: 2 } },
        { id: { ...binding.id, keyId: `k_${"a".repeat(26)}` } },
        { type: handle.materialType === "opaque" ? "secret-data" : "opaque" },
        { algorithm: handle.keyAlgorithm === "AES-256" ? "AES-192" : "AES-256" },
        { bits: binding.bits + 8 },
        { usages: [...binding.usages, "export"] },
        { extractable: false },
      ];
      for (const other of others) {
        const attempt = () => unwrapKeyMaterial(root.kek, wrapped, { ...binding, ...other });
        expect(codeOf(attempt), `${handle.keyAlgorithm} ${Object.keys(other)}`).toBe("E_DECRYPT");
      }
    }
  });

  test("commitments differ between types that hold the same bytes", () => {
    const bytes = Buffer.alloc(32, 3);
    const of = (type: "opaque" | "secret-data") =>
      root.keyCommitment(
        importMaterial(bytes, "raw", { id: TEST_ID, type, algorithm: null, usages: [], extractable: true }),
      );
    const key = root.keyCommitment(secretKey("AES-256", bytes));
    expect(new Set([of("opaque"), of("secret-data"), key].map((each) => each.toString("hex"))).size).toBe(3);
  });
});

describe("keys under keys", () => {
  const wrapping = secretKey("AES-256", Buffer.alloc(32, 1));
  const inner = generateKey("AES-128", { id: TEST_ID, usages: ["encrypt"], extractable: true });
  const attributes = attributesOf("AES-128", "symmetric-key");

  test("KW, KWP, GCM, CBC and RSA-OAEP carry a key into a handle", () => {
    const { privateKey, publicKey } = generateKeyPair("RSA-2048", {
      privateKey: { id: TEST_ID, usages: ["unwrap"], extractable: false },
      publicKey: { id: TEST_ID, usages: ["wrap"], extractable: false },
    });
    for (const [outer, opener, params] of [
      [wrapping, wrapping, { mode: "KW" }],
      [wrapping, wrapping, { mode: "KWP" }],
      [wrapping, wrapping, { mode: "GCM" }],
      [wrapping, wrapping, { mode: "CBC" }],
      [publicKey, privateKey, { mode: "RSA-OAEP", hash: "SHA-256" }],
    ] as const) {
      const { ciphertext, iv, tag } = wrapMaterial(outer, params, { handle: inner });
      const open = { ...params, ...(iv ? { iv } : {}), ...(tag ? { tag } : {}) };
      expect(unwrapKey(opener, open, ciphertext, "raw", attributes).checkValue()).toBe(inner.checkValue());
      expect(codeOf(() => unwrapKey(opener, open, ciphertext.subarray(8), "raw", attributes))).toBe("E_DECRYPT");
    }
  });

  test("a structure that was wrapped whole is read inside, and a wrong one is one refusal", () => {
    const structure = Buffer.concat([Buffer.from("head"), exportMaterial(inner)]);
    const { ciphertext } = wrapMaterial(wrapping, { mode: "KWP" }, structure);
    const read = (bytes: Buffer) => ({ bytes: bytes.subarray(4), format: "raw" }) as const;
    expect(unwrapKey(wrapping, { mode: "KWP" }, ciphertext, read, attributes).checkValue()).toBe(inner.checkValue());
    const fails = (): never => {
      throw new TypeError("not that structure");
    };
    expect(codeOf(() => unwrapKey(wrapping, { mode: "KWP" }, ciphertext, fails, attributes))).toBe("E_DECRYPT");
    expect(codeOf(() => unwrapKey(wrapping, { mode: "KWP" }, ciphertext, "raw", attributes))).toBe("E_DECRYPT");
  });

  test("nothing leaves wrapped that may not leave, and no key wraps or opens without the usage", () => {
    const closed = generateKey("AES-128", { id: TEST_ID, usages: ["encrypt"], extractable: false });
    expect(codeOf(() => wrapMaterial(wrapping, { mode: "KW" }, { handle: closed }))).toBe("E_NOT_EXTRACTABLE");
    const encrypting = generateKey("AES-256", { id: TEST_ID, usages: ["encrypt", "decrypt"], extractable: false });
    expect(codeOf(() => wrapMaterial(encrypting, { mode: "KW" }, { handle: inner }))).toBe("E_CRYPTO_USAGE");
    const { ciphertext } = wrapMaterial(wrapping, { mode: "KW" }, { handle: inner });
    expect(codeOf(() => unwrapKey(encrypting, { mode: "KW" }, ciphertext, "raw", attributes))).toBe("E_CRYPTO_USAGE");
    const onlyWraps = importMaterial(
      Buffer.alloc(32, 1),
      "raw",
      attributesOf("AES-256", "symmetric-key", ["wrap", "unwrap"]),
    );
    expect(codeOf(() => encryptWith(onlyWraps, { mode: "KW" }, Buffer.alloc(16)))).toBe("E_CRYPTO_USAGE");
  });
});
