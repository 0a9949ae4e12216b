import { createSecretKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { exportMaterial } from "../egress.ts";
import { CryptoError } from "../errors.ts";
import { importMaterial } from "../material/import-material.ts";
import { GF_2_8, GF_2_16 } from "./fields.ts";
import { joinKey, splitKey } from "./split-key.ts";
import { joinSecret, type SplitMethod, splitSecret } from "./split-secret.ts";

const secret = Buffer.from("00112233445566778899aabbccddeeff00ff00ff00ff00ff0123456789abcdef", "hex");
/** 2^521 - 1 */
const prime = Buffer.from(`01${"ff".repeat(65)}`, "hex");
const METHODS: readonly SplitMethod[] = [{ method: "GF(2^8)" }, { method: "GF(2^16)" }, { method: "prime", prime }];

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "ok";
  } catch (cause) {
    return cause instanceof CryptoError ? cause.code : String(cause);
  }
};

describe("the fields of KMIP", () => {
  test("GF(2^8) is that of AES", () => {
    expect(GF_2_8.multiply(0x57, 0x83)).toBe(0xc1); // FIPS 197 section 4.2
    expect(GF_2_8.multiply(0x57, 0x13)).toBe(0xfe); // FIPS 197 section 4.2.1
    for (let a = 1; a < 256; a += 1) expect(GF_2_8.multiply(a, GF_2_8.invert(a))).toBe(1);
  });

  test("GF(2^16) is y^2 = y + m over it, and every element but zero has its inverse", () => {
    const y = 0x0100;
    expect(GF_2_16.multiply(y, y)).toBe(0x013a);
    expect(GF_2_16.multiply(0x57, 0x83)).toBe(0xc1);
    for (let a = 1; a < 65_536; a += 7) expect(GF_2_16.multiply(a, GF_2_16.invert(a))).toBe(1);
    for (const [a, b, c] of [
      [0x1234, 0xbeef, 0x0f0f],
      [0xffff, 0x8001, 0x3a00],
    ] as const)
      expect(GF_2_16.multiply(a, b ^ c)).toBe(GF_2_16.multiply(a, b) ^ GF_2_16.multiply(a, c));
  });
});

describe.each(METHODS)("a secret that is split by $method", (how) => {
  const shares = splitSecret(secret, how, { parts: 5, threshold: 3 });

  test("comes back from any three parts, in any order, and from all of them", () => {
    for (const chosen of [
      [0, 1, 2],
      [4, 2, 0],
      [3, 1, 4],
      [0, 1, 2, 3, 4],
    ])
      expect(
        joinSecret(
          chosen.map((at) => shares[at] as (typeof shares)[0]),
          how,
          secret.length,
        ),
      ).toEqual(secret);
  });

  test("does not come back from two, and no part is the secret", () => {
    const two = codeOf(() => {
      if (joinSecret(shares.slice(0, 2), how, secret.length).equals(secret)) throw new TypeError("It came back.");
    });
    expect(["ok", "E_DECRYPT"]).toContain(two);
    for (const { bytes } of shares) expect(Buffer.from(bytes).subarray(-secret.length)).not.toEqual(secret);
  });

  test("is split anew each time", () => {
    const again = splitSecret(secret, how, { parts: 5, threshold: 3 });
    expect(again.map(({ bytes }) => Buffer.from(bytes))).not.toEqual(shares.map(({ bytes }) => Buffer.from(bytes)));
  });

  test("is refused for numbers of parts that do not go, and for parts that are one and the same", () => {
    for (const threshold of [
      { parts: 2, threshold: 3 },
      { parts: 0, threshold: 0 },
      { parts: 256, threshold: 2 },
    ])
      expect(codeOf(() => splitSecret(secret, how, threshold))).toBe("E_CRYPTO_INPUT");
    const [one] = shares as [(typeof shares)[0]];
    expect(codeOf(() => joinSecret([one, one, one], how, secret.length))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => joinSecret([], how, secret.length))).toBe("E_CRYPTO_INPUT");
  });
});

test("two parts of a secret of two say nothing of it: every value of the secret fits one of them", () => {
  const seen = new Set<number>();
  for (let n = 0; n < 4000; n += 1)
    seen.add(splitSecret(Buffer.of(0x2a), { method: "GF(2^8)" }, { parts: 2, threshold: 2 })[0]?.bytes[0] ?? -1);
  expect(seen.size).toBe(256);
});

test("a secret that is split by XOR needs every part", () => {
  const how = { method: "XOR" } as const;
  const shares = splitSecret(secret, how, { parts: 4, threshold: 4 });
  expect(joinSecret(shares, how, secret.length)).toEqual(secret);
  expect(joinSecret(shares.slice(1), how, secret.length)).not.toEqual(secret);
  expect(codeOf(() => splitSecret(secret, how, { parts: 4, threshold: 3 }))).toBe("E_CRYPTO_INPUT");
});

test("a field whose size is no prime, or smaller than the secret, is refused", () => {
  for (const bad of [Buffer.alloc(66, 0xff), Buffer.of(251), Buffer.alloc(0), Buffer.alloc(2000, 1)])
    expect(codeOf(() => splitSecret(secret, { method: "prime", prime: bad }, { parts: 2, threshold: 2 }))).toBe(
      "E_CRYPTO_INPUT",
    );
});

test("parts of a key that may not leave do not leave, and neither does a key made of one such part", () => {
  expect(createSecretKey(secret).symmetricKeySize).toBe(32);
  const id = (index: number) => ({ keyId: `k_${"abcdefg"[index]}${"a".repeat(25)}`, version: 1 });
  const base = importMaterial(secret, "raw", {
    id: id(0),
    type: "symmetric-key",
    algorithm: "AES-256",
    usages: ["encrypt"],
    extractable: false,
  });
  const part = (extractable: boolean) => (index: number) =>
    ({ id: id(index), type: "split-key", algorithm: "AES-256", usages: [], extractable }) as const;
  const split = { how: { method: "GF(2^8)" }, threshold: { parts: 3, threshold: 2 } } as const;
  expect(codeOf(() => splitKey(base, { ...split, attributes: part(true) }))).toBe("E_NOT_EXTRACTABLE");
  const parts = splitKey(base, { ...split, attributes: part(false) }).map((handle, at) => ({ index: at + 1, handle }));
  const joined = (extractable: boolean) =>
    joinKey(
      { parts: parts.slice(1), how: split.how, format: "raw", bytes: 32 },
      { id: id(4), type: "symmetric-key", algorithm: "AES-256", usages: ["encrypt"], extractable },
    );
  expect(codeOf(() => joined(true))).toBe("E_NOT_EXTRACTABLE");
  expect(joined(false).checkValue()).toBe(base.checkValue());
  expect(codeOf(() => exportMaterial(joined(false)))).toBe("E_NOT_EXTRACTABLE");
});
