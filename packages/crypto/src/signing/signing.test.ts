import { createPublicKey, verify } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { HoldfastCrypto } from "../webcrypto/holdfast-crypto.ts";
import { generateSigningKey, runtimeSigningKeyOf } from "./signing-handle.ts";
import { parseCoseVerifyingKey, parseVerifyingKey } from "./verifying-key.ts";

const message = Buffer.from("message");
const subtle = new HoldfastCrypto().subtle;

describe.each(["P-256", "Ed25519"] as const)("a signing key of scheme %s", (scheme) => {
  const key = generateSigningKey(scheme);

  test("signs what the runtime's own verification accepts", () => {
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey.spki), format: "der", type: "spki" });
    const raw = key.sign(message);
    expect(raw.byteLength).toBe(64);
    const asNode = scheme === "P-256" ? { key: publicKey, dsaEncoding: "ieee-p1363" as const } : publicKey;
    expect(verify(scheme === "P-256" ? "sha256" : null, message, asNode, raw)).toBe(true);
    expect(verify(scheme === "P-256" ? "sha256" : null, message, publicKey, key.sign(message, "der"))).toBe(true);
  });

  test("verifies its own signatures in the form they were made and refuses changed ones", () => {
    for (const form of ["raw", "der"] as const) {
      const signature = key.sign(message, form);
      expect(key.publicKey.verify(signature, message, form)).toBe(true);
      expect(key.publicKey.verify(signature, Buffer.from("massage"), form)).toBe(false);
      expect(key.publicKey.verify(signature.subarray(1), message, form)).toBe(false);
      expect(key.publicKey.verify(Buffer.alloc(0), message, form)).toBe(false);
    }
    expect(key.publicKey.verify("x" as never, message)).toBe(false);
  });

  test("names its public key consistently as raw, SPKI, JWK and COSE", () => {
    const { raw, spki, jwk, cose } = key.publicKey;
    expect(parseVerifyingKey(spki).raw).toEqual(raw);
    expect(parseCoseVerifyingKey(cose).spki).toEqual(spki);
    const x = Buffer.from(jwk.x ?? "", "base64url");
    const point = scheme === "P-256" ? Buffer.concat([Buffer.of(4), x, Buffer.from(jwk.y ?? "", "base64url")]) : x;
    expect(raw).toEqual(point);
    expect(Object.keys(jwk)).not.toContain("d");
    expect(Buffer.from(cose).includes(x)).toBe(true);
    expect(cose.byteLength).toBe(scheme === "P-256" ? 77 : 42);
  });

  test("shows no byte of its private part", () => {
    const secret = runtimeSigningKeyOf(key).export({ format: "jwk" }).d ?? "";
    const seen = [
      inspect(key, { showHidden: true, depth: 10 }),
      JSON.stringify(key),
      JSON.stringify(key.publicKey.jwk),
    ].join();
    expect(secret.length).toBeGreaterThan(40);
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(Buffer.from(secret, "base64url").toString("hex"));
  });

  test("serves the asynchronous face for signing and public export only", async () => {
    const algorithm = scheme === "P-256" ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
    const signature = await subtle.sign(algorithm, key, message);
    expect(key.publicKey.verify(new Uint8Array(signature), message)).toBe(true);
    expect(await subtle.verify(algorithm, key.publicKey, signature, message)).toBe(true);
    expect(Buffer.from(await subtle.exportKey("spki", key.publicKey))).toEqual(Buffer.from(key.publicKey.spki));
    await expect(subtle.exportKey("pkcs8", key)).rejects.toMatchObject({ code: "E_NOT_EXTRACTABLE" });
    await expect(subtle.exportKey("jwk", key)).rejects.toMatchObject({ code: "E_NOT_EXTRACTABLE" });
  });

  test("signs no more once zeroised", () => {
    const gone = generateSigningKey(scheme);
    gone.zeroize();
    expect(() => gone.sign(message)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_DESTROYED" }));
  });
});

test("a public key of another curve, kind or with trailing bytes is refused", () => {
  const good = Buffer.from(generateSigningKey("P-256").publicKey.spki);
  const rsaHead = Buffer.from("30820122300d06092a864886f70d01010105000382010f00", "hex");
  for (const bytes of [Buffer.concat([good, Buffer.of(0)]), good.subarray(1), Buffer.alloc(0), rsaHead]) {
    expect(() => parseVerifyingKey(bytes)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_KEY" }));
  }
});

test("a COSE key that is not the canonical form of a good key is refused", () => {
  const good = Buffer.from(generateSigningKey("P-256").publicKey.cose);
  const otherAlgorithm = Buffer.from(good);
  otherAlgorithm.writeUInt8(0x27, 4);
  for (const bytes of [
    otherAlgorithm,
    good.subarray(1),
    Buffer.concat([good, Buffer.of(0)]),
    Buffer.alloc(0),
    Buffer.alloc(42),
    Buffer.alloc(77),
  ]) {
    expect(() => parseCoseVerifyingKey(bytes)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_KEY" }));
  }
});
