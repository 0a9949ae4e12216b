import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { importMaterial } from "../material/import-material.ts";
import { generateKey, generateKeyPair, generateKeyPairLater } from "../provider/crypto.ts";
import { sign, verify } from "../signature/sign.ts";
import { decodeKeyReference, encodeKeyReference } from "./key-reference.ts";

const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
const usages = ["encrypt", "decrypt"] as const;

describe("a key handle", () => {
  test("shows no byte of its material to inspection, JSON, spreading or enumeration", () => {
    const material = Buffer.from("0123456789abcdef0123456789abcdef");
    const handle = importMaterial(material, "raw", {
      type: "symmetric-key",
      algorithm: "AES-256",
      id,
      usages,
      extractable: true,
    });
    const seen = [
      inspect(handle, { showHidden: true, depth: 10 }),
      JSON.stringify(handle),
      JSON.stringify({ ...handle }),
      Object.getOwnPropertyNames(handle).join(),
      String(structuredCloneOrRefusal(handle)),
    ].join("\n");
    for (const form of [
      material.toString(),
      material.toString("hex"),
      material.toString("base64"),
      material.toString("base64url"),
    ]) {
      expect(seen).not.toContain(form);
    }
  });

  test("cannot have its usages, extractability or identity changed", () => {
    const handle = generateKey("AES-256", { id, usages: ["decrypt"], extractable: false });
    for (const change of [
      () => Object.assign(handle, { extractable: true }),
      () => Object.assign(handle, { usages: ["encrypt"] }),
      () => Object.assign(handle, { id: { ...id, version: 2 } }),
      () => (handle.usages as string[]).push("encrypt"),
      () => Object.assign(handle.id, { version: 2 }),
    ]) {
      expect(change).toThrow(TypeError);
    }
    expect(handle.extractable).toBe(false);
    expect(() => handle.encryptSync(Buffer.alloc(1))).toThrowError(expect.objectContaining({ code: "E_CRYPTO_USAGE" }));
  });

  test("takes up a persisted count of encryptions and never goes back below it", () => {
    const handle = generateKey("AES-256", { id, usages, extractable: false });
    handle.resumeInvocations(1000);
    handle.resumeInvocations(10);
    expect(handle.invocations).toBe(1000);
    expect(() => handle.resumeInvocations(-1)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_INPUT" }));
  });

  test("refuses the 2^32nd encryption and one after it", () => {
    const handle = generateKey("AES-256", { id, usages, extractable: false });
    handle.resumeInvocations(2 ** 32);
    expect(() => handle.encryptSync(Buffer.alloc(1))).toThrowError(expect.objectContaining({ code: "E_CRYPTO_LIMIT" }));
  });

  test("never repeats an IV over two fillings of the pool", () => {
    const handle = generateKey("AES-256", { id, usages, extractable: false });
    const seen = new Set(Array.from({ length: 1500 }, () => handle.encryptSync(Buffer.alloc(1)).iv.toString("hex")));
    expect(seen.size).toBe(1500);
  });

  test("refuses plaintext and associated data that are not bytes", () => {
    const handle = generateKey("AES-256", { id, usages, extractable: false });
    for (const bad of ["text", null, undefined, 5, {}, []] as never[]) {
      expect(() => handle.encryptSync(bad)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_INPUT" }));
      expect(() => handle.encryptSync(Buffer.alloc(1), bad)).toThrowError(
        expect.objectContaining({ code: "E_CRYPTO_INPUT" }),
      );
    }
  });

  test("is not made with an unknown usage, a repeated one, or a name off the allow-list", () => {
    for (const odd of [["seal"], ["encrypt", "encrypt"]] as never[]) {
      expect(() => generateKey("AES-256", { id, usages: odd, extractable: false })).toThrowError(
        expect.objectContaining({ code: "E_CRYPTO_USAGE" }),
      );
    }
    for (const name of ["AES-512", "DSA", "RSA-2048", "toString", "__proto__", ""]) {
      expect(() => generateKey(name, { id, usages, extractable: false })).toThrowError(
        expect.objectContaining({ code: "E_CRYPTO_ALGORITHM" }),
      );
    }
  });
});

describe("a key reference", () => {
  test("goes to 20 bytes and back", () => {
    for (const version of [1, 2, 255, 256, 2 ** 32 - 1]) {
      const bytes = encodeKeyReference({ ...id, version });
      expect(bytes.byteLength).toBe(20);
      expect(decodeKeyReference(bytes, 0)).toEqual({ ...id, version });
    }
    expect(encodeKeyReference(id).toString("hex")).toBe("0102030405060708090a0b0c0d0e0f1000000001");
  });

  test("is refused with another alphabet, length, stray bits or version", () => {
    const bad = [
      { ...id, keyId: "k_AEBAGBAFAYDQQCIKBMGA2DQPCA" },
      { ...id, keyId: "k_aebagbafaydqqcikbmga2dqpc" },
      { ...id, keyId: "c_aebagbafaydqqcikbmga2dqpca" },
      { ...id, keyId: "k_aebagbafaydqqcikbmga2dqpcb" },
      { ...id, version: 0 },
      { ...id, version: 2 ** 32 },
      { ...id, version: 1.5 },
    ];
    for (const reference of bad) {
      expect(() => encodeKeyReference(reference)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_INPUT" }));
    }
  });
});

function structuredCloneOrRefusal(value: object): unknown {
  try {
    return inspect(structuredClone(value));
  } catch (error) {
    return (error as Error).name;
  }
}

describe("a key pair", () => {
  const halves = {
    privateKey: { id, usages: ["sign"], extractable: false },
    publicKey: { id, usages: ["verify"], extractable: true },
  } as const;

  test.each(["RSA-2048", "EC-P384", "Ed25519"])(
    "of %s is made at once or later, and signs for itself",
    async (algorithm) => {
      for (const pair of [generateKeyPair(algorithm, halves), await generateKeyPairLater(algorithm, halves)]) {
        const params = {
          RSA: { scheme: "RSA-PSS", hash: "SHA-256" },
          EC: { scheme: "ECDSA", hash: "SHA-256" },
          Ed: { scheme: "EdDSA" },
        } as const;
        const chosen = params[algorithm.slice(0, algorithm.startsWith("RSA") ? 3 : 2) as "RSA"];
        const signature = sign(pair.privateKey, chosen, Buffer.from("x"));
        expect(verify(pair.publicKey, chosen, Buffer.from("x"), signature)).toBe(true);
      }
    },
  );

  test("is not made of a secret algorithm, or of one that is only imported", async () => {
    for (const name of ["AES-256", "RSA-1024", "RSA", "DSA"]) {
      expect(() => generateKeyPair(name, halves)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_ALGORITHM" }));
      await expect(generateKeyPairLater(name, halves)).rejects.toMatchObject({ code: "E_CRYPTO_ALGORITHM" });
    }
  });
});
