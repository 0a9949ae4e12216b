import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exportMaterial } from "./egress.ts";
import * as crypto from "./index.ts";
import { ALL, attributesOf, derivedSecret, secretData, secretKey, TEST_ID } from "./testing/test-keys.ts";
import { codeOf } from "./testing/vector-sets.ts";

const bytes = fc.uint8Array({ maxLength: 200 });
const anything = fc.oneof(
  fc.anything(),
  bytes,
  fc.constantFrom("GCM", "CBC", "SHA-256", "raw", "AES-256", "RSA", null),
);
const OURS = /^(ok|E_[A-Z_]+)$/;
const key = secretKey("AES-256", Buffer.alloc(32, 1));
const runs = { numRuns: 400 };

const pairOf = (algorithm: string) => {
  const of = (type: "private-key" | "public-key") => ({
    id: TEST_ID,
    usages: crypto.usagesOf(algorithm, type),
    extractable: true,
  });
  return crypto.generateKeyPair(algorithm, { privateKey: of("private-key"), publicKey: of("public-key") });
};
const pairs = ["RSA-2048", "EC-P256", "Ed25519", "X25519", "ML-KEM-512", "ML-DSA-44"].map(pairOf);

describe("whatever comes in", () => {
  test("every function answers arbitrary arguments with a result or an error of this package", () => {
    const aes = attributesOf("AES-256", "symmetric-key", ["derive"]);
    const ofKey = { ...attributesOf("EC-P256", "private-key"), type: "private-key" } as const;
    // What comes from a request is arbitrary; attributes and permits are the agent's own.
    const calls = (h: never, a: never, b: never, c: never): Record<string, () => unknown> => ({
      encryptWith: () => crypto.encryptWith(h, a, b, ALL),
      decryptWith: () => crypto.decryptWith(h, a, b, ALL),
      createCipher: () => crypto.createCipher(h, a, ALL).update(b),
      createDecipher: () => crypto.createDecipher(h, a, ALL).final(b),
      sign: () => crypto.sign(h, a, b, ALL),
      verify: () => crypto.verify(h, a, b, c, ALL),
      mac: () => crypto.mac(h, a, b, ALL),
      verifyMac: () => crypto.verifyMac(h, a, b, c, ALL),
      digest: () => crypto.digest(a, b, ALL),
      derive: () => crypto.derive(h, a, aes, ALL),
      agree: () => crypto.agree(h, a, derivedSecret(32)),
      agreeAndDerive: () => crypto.agree(h, pairs[1]?.publicKey as never, aes, a, ALL),
      encapsulate: () => crypto.encapsulate(h, aes),
      decapsulate: () => crypto.decapsulate(h, a, aes),
      importMaterial: () => crypto.importMaterial(a, b, aes),
      importKey: () => crypto.importMaterial(a, b, ofKey),
      importTransparent: () => crypto.importTransparent(a, ofKey),
      exportPublic: () => crypto.exportPublic(h, a),
      unwrapKey: () => crypto.unwrapKey(h, a, b, "raw", aes, ALL),
      generateKey: () => crypto.generateKey(a, aes),
    });
    const handles = fc.constantFrom(key, secretData(Buffer.from("x")), ...pairs.flatMap((each) => Object.values(each)));
    fc.assert(
      fc.property(fc.oneof(handles, anything), anything, anything, anything, (...args) => {
        const all = calls(...(args as unknown as [never, never, never, never]));
        for (const [name, call] of Object.entries(all)) expect(codeOf(call), name).toMatch(OURS);
      }),
      { numRuns: 2000 },
    );
  });

  test("parameters of the right shape with wrong values get an error of this package", () => {
    const params = fc.record(
      {
        mode: fc.constantFrom("GCM", "CCM", "CBC", "CTR", "KW", "KWP", "CFB", "OFB", "ECB", "XTS", "RSA-OAEP"),
        padding: fc.constantFrom("none", "pkcs5", "zeros", "iso10126"),
        iv: bytes,
        aad: bytes,
        tag: bytes,
        tagBytes: fc.integer(),
        counter: fc.integer(),
      },
      { requiredKeys: ["mode"] },
    );
    fc.assert(
      fc.property(params, bytes, (given, data) => {
        expect(codeOf(() => crypto.decryptWith(key, given as never, data, ALL))).toMatch(OURS);
        expect(codeOf(() => crypto.encryptWith(key, given as never, data, ALL))).toMatch(OURS);
      }),
      { numRuns: 2000 },
    );
  });

  test("a changed byte in any encoding of a key gives a key or an error of this package, in any format", () => {
    const encodings = pairs.flatMap(
      ({ privateKey, publicKey }) =>
        [
          {
            algorithm: privateKey.keyAlgorithm ?? "",
            type: "private-key",
            format: "pkcs8",
            der: exportMaterial(privateKey),
          },
          {
            algorithm: publicKey.keyAlgorithm ?? "",
            type: "public-key",
            format: "spki",
            der: exportMaterial(publicKey),
          },
        ] as const,
    );
    fc.assert(
      fc.property(fc.constantFrom(...encodings), fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, mask) => {
        const changed = Buffer.from(each.der);
        const place = at % Math.min(changed.byteLength, 80);
        changed.writeUInt8(changed.readUInt8(place) ^ mask, place);
        const attributes = attributesOf(each.algorithm, each.type);
        expect(codeOf(() => crypto.importMaterial(changed, each.format, attributes))).toMatch(OURS);
      }),
      { numRuns: 300 },
    );
  });
});

describe("round trips", () => {
  test("every padding and mode gives back any plaintext, and never that of another IV", () => {
    const mode = fc.constantFrom("GCM", "CCM", "CBC", "CTR", "CFB", "CFB8", "OFB", "KWP");
    const padding = fc.constantFrom("pkcs5", "iso10126", "ansi-x923", "one-and-zeros");
    fc.assert(
      fc.property(mode, padding, fc.uint8Array({ minLength: 1, maxLength: 300 }), (chosen, filling, data) => {
        const params = { mode: chosen, ...(chosen === "CBC" ? { padding: filling } : {}) } as const;
        const { ciphertext, iv, tag } = crypto.encryptWith(key, params, data);
        const open = { ...params, ...(iv ? { iv } : {}), ...(tag ? { tag } : {}) };
        expect(crypto.decryptWith(key, open, ciphertext)).toEqual(Buffer.from(data));
      }),
      runs,
    );
  });

  test("digests signed here verify as messages, for any message", () => {
    const [, pair] = pairs;
    const params = { scheme: "ECDSA", hash: "SHA-256", form: "raw" } as const;
    fc.assert(
      fc.property(bytes, (message) => {
        if (pair === undefined) return;
        const digest = crypto.digest("SHA-256", message);
        const signature = crypto.sign(pair.privateKey, { ...params, prehashed: true }, digest);
        expect(crypto.verify(pair.publicKey, params, message, signature)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("derivation gives one handle for one input", () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 100 }), (info, size) => {
        const params = { method: "HKDF", hash: "SHA-256", info } as const;
        const run = () => exportMaterial(crypto.derive(key, params, derivedSecret(size)));
        expect(run()).toEqual(run());
      }),
      { numRuns: 50 },
    );
  });
});
