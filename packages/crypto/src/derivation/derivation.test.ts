import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encryptWith } from "../cipher/encrypt-with.ts";
import { exportMaterial } from "../egress.ts";
import { generateKeyPair, usagesOf } from "../provider/crypto.ts";
import { ALL, attributesOf, derivedSecret, secretData, secretKey, TEST_ID } from "../testing/test-keys.ts";
import { codeOf, hex } from "../testing/vector-sets.ts";
import { agree } from "./agree.ts";
import { derive } from "./derive.ts";
import { decapsulate, encapsulate } from "./encapsulate.ts";

const base = () => secretKey("AES-256", Buffer.alloc(32, 9));
const aes = attributesOf("AES-256", "symmetric-key", ["encrypt", "decrypt"]);
const pair = (algorithm: string) => {
  const of = (type: "private-key" | "public-key") => ({
    id: TEST_ID,
    usages: usagesOf(algorithm, type),
    extractable: false,
  });
  return generateKeyPair(algorithm, { privateKey: of("private-key"), publicKey: of("public-key") });
};

describe("derivation", () => {
  test("SP 800-108 in three modes follows the standard's recursion", () => {
    const key = secretKey("HMAC-SHA256", Buffer.alloc(32, 1));
    const prf = (...parts: Buffer[]) => createHmac("sha256", Buffer.alloc(32, 1)).update(Buffer.concat(parts)).digest();
    const fixed = Buffer.from("fixed");
    const one = Buffer.of(0, 0, 0, 1);
    const two = Buffer.of(0, 0, 0, 2);
    const run = (mode: "counter" | "feedback" | "double-pipeline") =>
      exportMaterial(
        derive(key, { method: "SP800-108", mode, prf: "HMAC", hash: "SHA-256", fixed }, derivedSecret(40)),
      );
    const counter = Buffer.concat([prf(one, fixed), prf(two, fixed)]);
    expect(run("counter")).toEqual(counter.subarray(0, 40));
    const first = prf(one, fixed);
    expect(run("feedback")).toEqual(Buffer.concat([first, prf(first, two, fixed)]).subarray(0, 40));
    const a1 = prf(fixed);
    expect(run("double-pipeline")).toEqual(
      Buffer.concat([prf(a1, one, fixed), prf(prf(a1), two, fixed)]).subarray(0, 40),
    );
  });

  test("SP 800-108 with CMAC and an eight-bit counter gives the published key", () => {
    const published = {
      key: "3edc6b5b8f7aadbd713732b482b8f979286e1ea3b8f8f99c30c884cfe3349b83",
      fixed:
        "98e9988bb4cc8b34d7922e1c68ad692ba2a1d9ae15149571675f17a77ad49e80c8d2a85e831a26445b1f0ff44d7084a17206b4896c8112daad18605a",
      answer: "6c037652990674a07844732d0ad985f9",
    };
    const params = { method: "SP800-108", mode: "counter", prf: "HMAC", hash: "SHA-256", counterBits: 8 } as const;
    const derived = derive(
      secretData(hex(published.key)),
      { ...params, fixed: hex(published.fixed) },
      derivedSecret(16),
    );
    expect(exportMaterial(derived).toString("hex")).toBe(published.answer);
    const cmac = { method: "SP800-108", mode: "counter", prf: "CMAC", label: Buffer.from("l") } as const;
    expect(exportMaterial(derive(base(), cmac, derivedSecret(20))).byteLength).toBe(20);
    expect(codeOf(() => derive(secretData(Buffer.of(1)), cmac, derivedSecret(20)))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => derive(base(), { ...params, counterBits: 0 }, derivedSecret(20)))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => derive(base(), { ...params, fixed: Buffer.of(1) }, derivedSecret(32 * 256)))).toBe(
      "E_CRYPTO_INPUT",
    );
  });

  test("HASH, HMAC and ENCRYPT are what they say, cut to size", () => {
    const bytes = Buffer.alloc(32, 9);
    const data = Buffer.alloc(32, 4);
    const hashed = derive(base(), { method: "HASH", hash: "SHA-256" }, derivedSecret(16));
    expect(exportMaterial(hashed)).toEqual(createHash("sha256").update(bytes).digest().subarray(0, 16));
    const maced = derive(base(), { method: "HMAC", hash: "SHA-512", data }, derivedSecret(64));
    expect(exportMaterial(maced)).toEqual(createHmac("sha512", bytes).update(data).digest());
    const cipher = { mode: "CBC", iv: Buffer.alloc(16), padding: "none" } as const;
    const enciphered = derive(base(), { method: "ENCRYPT", cipher, data }, { ...aes, extractable: true }, ALL);
    expect(exportMaterial(enciphered)).toEqual(encryptWith(base(), cipher, data, ALL).ciphertext);
    expect(codeOf(() => derive(base(), { method: "HASH", hash: "SHA-256" }, derivedSecret(33)))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => derive(base(), { method: "HMAC", hash: "SHA-256" } as never, derivedSecret(16)))).toBe(
      "E_CRYPTO_INPUT",
    );
  });

  test("a password gives a key by enough rounds over a long enough salt, or by permit", () => {
    const password = secretData(Buffer.from("correct horse"));
    const params = { method: "PBKDF2", hash: "SHA-256", salt: Buffer.alloc(16), iterations: 1000 } as const;
    expect(derive(password, params, aes).checkValue()).toMatch(/^[0-9A-F]{6}$/);
    expect(codeOf(() => derive(password, { ...params, iterations: 999 }, aes))).toBe("E_CRYPTO_LEGACY");
    expect(codeOf(() => derive(password, { ...params, salt: Buffer.alloc(15) }, aes))).toBe("E_CRYPTO_LEGACY");
    expect(codeOf(() => derive(password, { ...params, salt: Buffer.alloc(0), iterations: 1 }, aes, ALL))).toBe("ok");
    expect(codeOf(() => derive(password, { ...params, iterations: 2_000_001 }, aes, ALL))).toBe("E_CRYPTO_INPUT");
  });

  test("nothing is derived without the usage, from the wrong material, or into a key of no size", () => {
    const hkdf = { method: "HKDF", hash: "SHA-256" } as const;
    const closed = secretKey("AES-256", Buffer.alloc(32, 9));
    expect(codeOf(() => derive(closed, hkdf, { ...aes, type: "private-key" }))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => derive(closed, hkdf, { ...aes, bits: 128 }))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => derive(closed, hkdf, { ...derivedSecret(1), bits: 9 }))).toBe("E_CRYPTO_INPUT");
    const { privateKey } = pair("EC-P256");
    expect(codeOf(() => derive(privateKey, hkdf, aes))).toBe("E_CRYPTO_ALGORITHM");
    const encrypting = derive(closed, hkdf, aes);
    expect(codeOf(() => derive(encrypting, hkdf, aes))).toBe("E_CRYPTO_USAGE");
  });
});

describe("agreement and encapsulation", () => {
  test.each(["EC-P256", "EC-P384", "EC-P521", "EC-secp256k1", "X25519", "X448"])(
    "both sides of %s get one key",
    (algorithm) => {
      const [one, other] = [pair(algorithm), pair(algorithm)];
      const hkdf = { method: "HKDF", hash: "SHA-256", info: Buffer.from("purpose") } as const;
      const mine = agree(one.privateKey, other.publicKey, aes, hkdf).checkValue();
      expect(agree(other.privateKey, one.publicKey, aes, hkdf).checkValue()).toBe(mine);
      expect(agree(pair(algorithm).privateKey, one.publicKey, aes, hkdf).checkValue()).not.toBe(mine);
      expect(codeOf(() => agree(one.privateKey, other.publicKey, aes))).toBe("E_CRYPTO_INPUT");
      expect(codeOf(() => agree(one.publicKey, other.publicKey, derivedSecret(32)))).toBe("E_CRYPTO_USAGE");
      expect(codeOf(() => agree(one.privateKey, other.privateKey, derivedSecret(32)))).toBe("E_CRYPTO_USAGE");
    },
  );

  test("refuses a peer of another curve", () => {
    const attempt = () => agree(pair("EC-P256").privateKey, pair("EC-P384").publicKey, derivedSecret(32));
    expect(codeOf(attempt)).toBe("E_CRYPTO_KEY");
  });

  test.each(["ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"])(
    "%s carries a key, and a made-up ciphertext another",
    (algorithm) => {
      const { privateKey, publicKey } = pair(algorithm);
      const { secret, ciphertext } = encapsulate(publicKey, aes);
      expect(decapsulate(privateKey, ciphertext, aes).checkValue()).toBe(secret.checkValue());
      ciphertext.writeUInt8(ciphertext.readUInt8(5) ^ 1, 5);
      expect(decapsulate(privateKey, ciphertext, aes).checkValue()).not.toBe(secret.checkValue());
      expect(codeOf(() => decapsulate(privateKey, ciphertext.subarray(1), aes))).toBe("E_DECRYPT");
      expect(codeOf(() => encapsulate(publicKey, attributesOf("AES-128", "symmetric-key")))).toBe("E_CRYPTO_INPUT");
      expect(codeOf(() => encapsulate(privateKey, aes))).toBe("E_CRYPTO_USAGE");
    },
  );
});
