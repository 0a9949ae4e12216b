import { hash as digestOf } from "node:crypto";
import { describe, expect, test } from "vitest";
import { publicOf } from "../material/import-material.ts";
import type { SignatureParams } from "../policy/algorithm.ts";
import { generateKeyPair, usagesOf } from "../provider/crypto.ts";
import { attributesOf, TEST_ID } from "../testing/test-keys.ts";
import { codeOf } from "../testing/vector-sets.ts";
import { sign, verify } from "./sign.ts";

const message = Buffer.from("a message");
const pair = (algorithm: string) => {
  const of = (type: "private-key" | "public-key") => ({
    id: TEST_ID,
    usages: usagesOf(algorithm, type),
    extractable: false,
  });
  return generateKeyPair(algorithm, { privateKey: of("private-key"), publicKey: of("public-key") });
};

describe("signatures", () => {
  test.each<[string, SignatureParams]>([
    ["EC-P256", { scheme: "ECDSA", hash: "SHA-256" }],
    ["EC-P384", { scheme: "ECDSA", hash: "SHA-512", form: "raw" }],
    ["EC-P521", { scheme: "ECDSA", hash: "SHA3-256" }],
    ["EC-secp256k1", { scheme: "ECDSA", hash: "SHA-256", form: "raw" }],
    ["Ed25519", { scheme: "EdDSA" }],
    ["Ed448", { scheme: "EdDSA", context: Buffer.from("context") }],
    ["ML-DSA-44", { scheme: "ML-DSA", context: Buffer.from("context") }],
    ["ML-DSA-87", { scheme: "ML-DSA" }],
  ])("%s verifies what it signed and nothing else: %o", (algorithm, params) => {
    const { privateKey, publicKey } = pair(algorithm);
    const signature = sign(privateKey, params, message);
    expect(verify(publicKey, params, message, signature)).toBe(true);
    expect(verify(publicKey, params, Buffer.from("another"), signature)).toBe(false);
    expect(verify(publicKey, params, message, signature.subarray(1))).toBe(false);
    expect(verify(publicKey, params, message, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
    expect(verify(publicKey, params, message, Buffer.alloc(signature.byteLength))).toBe(false);
    expect(verify(pair(algorithm).publicKey, params, message, signature)).toBe(false);
  });

  test.each(["EC-P256", "EC-P384", "EC-P521", "EC-secp256k1"])(
    "%s signs a digest as the message it is of",
    (algorithm) => {
      const { privateKey, publicKey } = pair(algorithm);
      for (const hash of ["SHA-224", "SHA-256", "SHA-512", "SHA3-384"] as const)
        for (const form of ["der", "raw"] as const) {
          const params = { scheme: "ECDSA", hash, form } as const;
          const digest = digestOf(hash.replace("SHA-", "sha").toLowerCase(), message, "buffer");
          const signature = sign(privateKey, { ...params, prehashed: true }, digest);
          expect(verify(publicKey, params, message, signature)).toBe(true);
          expect(verify(publicKey, { ...params, prehashed: true }, digest, sign(privateKey, params, message))).toBe(
            true,
          );
          expect(codeOf(() => sign(privateKey, { ...params, prehashed: true }, digest.subarray(1)))).toBe(
            "E_CRYPTO_INPUT",
          );
        }
    },
  );

  test("RSA-PSS takes a mask of another hash function and every salt that fits", () => {
    const { privateKey, publicKey } = pair("RSA-2048");
    for (const saltBytes of [0, 20, 32, 222]) {
      const params = { scheme: "RSA-PSS", hash: "SHA-256", mgfHash: "SHA-512", saltBytes } as const;
      const signature = sign(privateKey, params, message);
      expect(verify(publicKey, params, message, signature)).toBe(true);
      expect(verify(publicKey, { ...params, mgfHash: "SHA-256" }, message, signature)).toBe(false);
      expect(verify(publicKey, { ...params, saltBytes: saltBytes + 1 }, message, signature)).toBe(false);
    }
    const params = { scheme: "RSA-PSS", hash: "SHA-256", saltBytes: 223 } as const;
    expect(codeOf(() => sign(privateKey, params, message))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => sign(privateKey, { ...params, mgfHash: "SHA-512" }, message))).toBe("E_CRYPTO_KEY");
  });

  test("refuses SHA-1, other keys' schemes, parameters a scheme has not, and the wrong half", () => {
    const { privateKey, publicKey } = pair("EC-P256");
    const ecdsa = { scheme: "ECDSA", hash: "SHA-256" } as const;
    expect(codeOf(() => sign(privateKey, { ...ecdsa, hash: "SHA-1" }, message))).toBe("E_CRYPTO_LEGACY");
    expect(codeOf(() => sign(privateKey, { ...ecdsa, hash: "SHA-1" }, message, { legacy: true }))).toBe("ok");
    expect(codeOf(() => sign(privateKey, { scheme: "EdDSA" }, message))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => sign(privateKey, { scheme: "ECDSA" }, message))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => sign(privateKey, { ...ecdsa, saltBytes: 1 }, message))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => sign(privateKey, { ...ecdsa, context: message }, message))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => sign(publicKey, ecdsa, message))).toBe("E_CRYPTO_USAGE");
    expect(codeOf(() => verify(privateKey, ecdsa, message, message))).toBe("E_CRYPTO_USAGE");
    const edwards = pair("Ed25519").privateKey;
    expect(codeOf(() => sign(edwards, { scheme: "EdDSA", context: message }, message))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => sign(edwards, { scheme: "EdDSA", prehashed: true }, message))).toBe("E_CRYPTO_INPUT");
  });

  test("a public half comes of the private one, under its own algorithm only", () => {
    const { privateKey } = pair("Ed25519");
    const half = publicOf(privateKey, attributesOf("Ed25519", "public-key"));
    expect(verify(half, { scheme: "EdDSA" }, message, sign(privateKey, { scheme: "EdDSA" }, message))).toBe(true);
    expect(codeOf(() => publicOf(privateKey, attributesOf("X25519", "public-key")))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => publicOf(half, attributesOf("Ed25519", "public-key")))).toBe("E_CRYPTO_KEY");
  });
});
