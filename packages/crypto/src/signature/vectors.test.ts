import { hash as digestOf } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { KeyHandle } from "../handle/key-handle.ts";
import { exportPublic, publicOf } from "../material/import-material.ts";
import type { SignatureParams } from "../policy/algorithm.ts";
import { type HashAlgorithm, hashNamed } from "../policy/hash.ts";
import { ALL, attributesOf, privateKey, publicKey, rsaPublicKey } from "../testing/test-keys.ts";
import { acvp, codeOf, hex, readVectorFile, Tally, vectorsPresent, wycheproof } from "../testing/vector-sets.ts";
import { sign, verify } from "./sign.ts";

const CURVES: Readonly<Record<string, string>> = { "P-256": "EC-P256", "P-384": "EC-P384", "P-521": "EC-P521" };

/** ACVP's names of hash functions as ours; null for those not on the allow-list. */
function hashFrom(acvpName: string): HashAlgorithm | null {
  const name = acvpName.replace(/^SHA2-/, "SHA-");
  return codeOf(() => hashNamed(name)) === "ok" ? (name as HashAlgorithm) : null;
}

/** Verifies the message, and its digest made elsewhere: two implementations, one answer. */
function verifiesBothWays(key: KeyHandle, params: SignatureParams, message: Buffer, signature: Buffer): boolean {
  const verified = verify(key, params, message, signature, ALL);
  const digest = digestOf(hashNamed(params.hash).runtime, message, "buffer");
  expect(verify(key, { ...params, prehashed: true }, digest, signature, ALL)).toBe(verified);
  return verified;
}

describe.runIf(vectorsPresent)("published vectors of signatures", () => {
  test.each([
    ["ecdsa_secp256r1_sha256_p1363", "EC-P256", "SHA-256", "raw"],
    ["ecdsa_secp256r1_sha256", "EC-P256", "SHA-256", "der"],
    ["ecdsa_secp384r1_sha384_p1363", "EC-P384", "SHA-384", "raw"],
    ["ecdsa_secp521r1_sha512_p1363", "EC-P521", "SHA-512", "raw"],
  ] as const)("Wycheproof %s, of messages and of digests", (file, algorithm, hash, form) => {
    const tally = new Tally(`Wycheproof ${file}`);
    for (const { group, entry } of wycheproof(file)) {
      const key = publicKey(algorithm, hex(group.publicKeyDer));
      const verified = verifiesBothWays(key, { scheme: "ECDSA", hash, form }, hex(entry.msg), hex(entry.sig));
      tally.verdict(verified, entry.result === "valid", `tc ${entry.tcId}`);
    }
    tally.end();
  });

  test("ACVP ECDSA verification", () => {
    const tally = new Tally("ACVP ECDSA-SigVer");
    for (const { group, entry } of acvp("ECDSA-SigVer-FIPS186-5")) {
      const algorithm = CURVES[String(group.curve)];
      const hash = hashFrom(String(group.hashAlg));
      if (algorithm === undefined || hash === null) {
        tally.byPolicy(algorithm === undefined ? "curve not on the allow-list" : "hash not on the allow-list");
        continue;
      }
      const size = { "EC-P256": 32, "EC-P384": 48, "EC-P521": 66 }[algorithm] ?? 0;
      const padded = (text: unknown) => hex(String(text).padStart(size * 2, "0"));
      const point = Buffer.concat([Buffer.of(4), padded(entry.qx), padded(entry.qy)]);
      const signature = Buffer.concat([padded(entry.r), padded(entry.s)]);
      const params = { scheme: "ECDSA", hash, form: "raw" } as const;
      const code = codeOf(() => publicKey(algorithm, point, "raw"));
      const verified =
        code === "ok" && verifiesBothWays(publicKey(algorithm, point, "raw"), params, hex(entry.message), signature);
      tally.verdict(verified, entry.testPassed as unknown as boolean, `tc ${entry.tcId} ${entry.reason}`);
    }
    tally.end();
  });

  test("Wycheproof Ed25519", () => {
    const tally = new Tally("Wycheproof ed25519");
    for (const { group, entry } of wycheproof("ed25519")) {
      const key = publicKey("Ed25519", hex(group.publicKeyDer));
      const verified = verify(key, { scheme: "EdDSA" }, hex(entry.msg), hex(entry.sig));
      tally.verdict(verified, entry.result === "valid", `tc ${entry.tcId}`);
    }
    tally.end();
  });

  test("CCTV Ed25519: points of low order and other encodings are no public keys", () => {
    const tally = new Tally("CCTV ed25519");
    const vectors = JSON.parse(readVectorFile("cctv/ed25519/ed25519vectors.json")) as {
      number: number;
      key: string;
      sig: string;
      msg: string;
      flags: string[] | null;
    }[];
    for (const { number, key, sig, msg, flags } of vectors) {
      const has = (flag: string) => flags?.includes(flag) === true;
      const code = codeOf(() => publicKey("Ed25519", hex(key), "raw"));
      if (has("low_order_A") || has("non_canonical_A")) {
        expect(code, `${number} ${flags}`).toBe("E_CRYPTO_KEY");
        tally.refused();
        continue;
      }
      const verified = verify(publicKey("Ed25519", hex(key), "raw"), { scheme: "EdDSA" }, Buffer.from(msg), hex(sig));
      if (has("low_order_R") && !has("non_canonical_R") && !has("low_order_residue")) {
        expect(verified, `${number} ${flags}`).toBe(false);
        tally.byPolicy("R of low order, which no signer makes: the standards are silent");
        continue;
      }
      const invalid = has("non_canonical_R") || has("low_order_residue");
      tally.verdict(verified, !invalid, `${number} ${flags}`);
    }
    tally.end();
  });

  test("ACVP EdDSA verification and generation", () => {
    const tally = new Tally("ACVP EDDSA-SigVer");
    for (const { group, entry } of acvp("EDDSA-SigVer-1.0")) {
      if (group.preHash) {
        tally.byPolicy("pre-hashed EdDSA is not offered");
        continue;
      }
      const algorithm = group.curve === "ED-25519" ? "Ed25519" : "Ed448";
      const code = codeOf(() => publicKey(algorithm, hex(entry.q), "raw"));
      const verified =
        code === "ok" &&
        verify(
          publicKey(algorithm, hex(entry.q), "raw"),
          { scheme: "EdDSA" },
          hex(entry.message),
          hex(entry.signature),
        );
      tally.verdict(verified, entry.testPassed as unknown as boolean, `tc ${entry.tcId} ${entry.reason}`);
    }
    tally.end();
    const made = new Tally("ACVP EDDSA-SigGen");
    for (const { group, entry } of acvp("EDDSA-SigGen-1.0")) {
      const algorithm = group.curve === "ED-25519" ? "Ed25519" : "Ed448";
      const context = hex(entry.context);
      if (group.preHash || (algorithm === "Ed25519" && context.byteLength > 0)) {
        made.byPolicy(group.preHash ? "pre-hashed EdDSA is not offered" : "Ed25519 takes no context");
        continue;
      }
      const key = privateKey(algorithm, hex(group.d), "raw");
      expect(exportPublic(key, "raw"), `tc ${entry.tcId}`).toEqual(hex(group.q));
      const params = { scheme: "EdDSA", ...(context.byteLength > 0 ? { context } : {}) } as const;
      expect(sign(key, params, hex(entry.message)), `tc ${entry.tcId}`).toEqual(hex(entry.signature));
      made.accepted();
    }
    made.end();
  });

  test.each(["rsa_signature_2048_sha256", "rsa_signature_3072_sha256", "rsa_signature_4096_sha512"])(
    "Wycheproof %s, of messages and of digests",
    (file) => {
      const tally = new Tally(`Wycheproof ${file}`);
      for (const { group, entry } of wycheproof(file)) {
        const key = publicKey("RSA", hex(group.publicKeyDer));
        const params = { scheme: "RSASSA-PKCS1-v1_5", hash: group.sha as HashAlgorithm } as const;
        const verified = verifiesBothWays(key, params, hex(entry.msg), hex(entry.sig));
        if (entry.result === "acceptable") {
          expect(verified, `tc ${entry.tcId}`).toBe(false);
          tally.byPolicy("acceptable: a digest's algorithm without its NULL");
        } else tally.verdict(verified, entry.result === "valid", `tc ${entry.tcId}`);
      }
      tally.end();
    },
  );

  test("Wycheproof RSASSA-PKCS1-v1_5 generation", () => {
    const tally = new Tally("Wycheproof rsa_pkcs1_2048_sig_gen");
    for (const { group, entry } of wycheproof("rsa_pkcs1_2048_sig_gen")) {
      const code = codeOf(() => privateKey("RSA", hex(group.privateKeyPkcs8)));
      if (code !== "ok") {
        expect(entry.result, `tc ${entry.tcId}`).toBe("acceptable");
        tally.byPolicy(`acceptable: ${entry.flags}`);
        continue;
      }
      const key = privateKey("RSA", hex(group.privateKeyPkcs8));
      const hash = group.sha as HashAlgorithm;
      const params = { scheme: "RSASSA-PKCS1-v1_5", hash } as const;
      if (entry.result === "acceptable") {
        expect(
          codeOf(() => sign(key, params, hex(entry.msg))),
          `tc ${entry.tcId}`,
        ).toBe("E_CRYPTO_LEGACY");
      }
      expect(sign(key, params, hex(entry.msg), ALL), `tc ${entry.tcId}`).toEqual(hex(entry.sig));
      const digest = digestOf(hashNamed(hash).runtime, hex(entry.msg), "buffer");
      expect(sign(key, { ...params, prehashed: true }, digest, ALL)).toEqual(hex(entry.sig));
      tally.accepted();
    }
    tally.end();
  });

  test.each(["rsa_pss_2048_sha256_mgf1_32", "rsa_pss_4096_sha512_mgf1_64"])(
    "Wycheproof %s, of messages and of digests",
    (file) => {
      const tally = new Tally(`Wycheproof ${file}`);
      for (const { group, entry } of wycheproof(file)) {
        const { publicKeyAsn, sha, mgfSha, sLen } = group as unknown as Record<string, string>;
        const key = publicKey("RSA", hex(publicKeyAsn), "pkcs1");
        const params = {
          scheme: "RSA-PSS",
          hash: sha as HashAlgorithm,
          mgfHash: mgfSha as HashAlgorithm,
          saltBytes: Number(sLen),
        } as const;
        const verified = verifiesBothWays(key, params, hex(entry.msg), hex(entry.sig));
        tally.verdict(verified, entry.result === "valid", `tc ${entry.tcId}`);
      }
      tally.end();
    },
  );

  test.each(["RSA-SigVer-FIPS186-5", "RSA-SigGen-FIPS186-5"])("ACVP %s, by verification", (set) => {
    const tally = new Tally(`ACVP ${set}`);
    for (const { group, entry } of acvp(set)) {
      const hash = hashFrom(String(group.hashAlg));
      const randomised = group.conformance === "SP800-106";
      if (hash === null || randomised || String(group.maskFunction).startsWith("shake")) {
        if (randomised) tally.byPolicy("SP 800-106 randomised hashing is not offered");
        else tally.byPolicy(hash === null ? "hash not on the allow-list" : "SHAKE masks are not offered");
        continue;
      }
      const key = rsaPublicKey(hex(evenHex(group.n)), hex(evenHex(group.e)));
      const params: SignatureParams =
        group.sigType === "pss"
          ? { scheme: "RSA-PSS", hash, saltBytes: Number(group.saltLen) }
          : { scheme: "RSASSA-PKCS1-v1_5", hash };
      const verified = verifiesBothWays(key, params, hex(entry.message), hex(entry.signature));
      const published = set.includes("SigGen") || (entry.testPassed as unknown as boolean);
      tally.verdict(verified, published, `tc ${entry.tcId} ${entry.reason}`);
    }
    tally.end();
  });

  test.each(["44", "65", "87"])("Wycheproof ML-DSA-%s verification", (strength) => {
    const tally = new Tally(`Wycheproof mldsa_${strength}_verify`);
    for (const { group, entry } of wycheproof(`mldsa_${strength}_verify`)) {
      const code = codeOf(() => publicKey(`ML-DSA-${strength}`, hex(group.publicKey), "raw"));
      const context = entry.ctx === undefined ? {} : { context: hex(entry.ctx) };
      const verifies = () => {
        const key = publicKey(`ML-DSA-${strength}`, hex(group.publicKey), "raw");
        return verify(key, { scheme: "ML-DSA", ...context }, hex(entry.msg), hex(entry.sig));
      };
      const verified = code === "ok" && codeOf(verifies) === "ok" && verifies();
      tally.verdict(verified, entry.result === "valid", `tc ${entry.tcId} ${entry.comment}`);
    }
    tally.end();
  });

  test("ACVP ML-DSA verification", () => {
    const tally = new Tally("ACVP ML-DSA-sigVer");
    for (const { group, entry } of acvp("ML-DSA-sigVer-FIPS204")) {
      if (group.signatureInterface !== "external" || group.preHash !== "pure") {
        tally.byPolicy(group.preHash === "preHash" ? "HashML-DSA is not offered" : "internal interface");
        continue;
      }
      const key = publicKey(String(group.parameterSet), hex(entry.pk), "raw");
      const params = { scheme: "ML-DSA", context: hex(entry.context) } as const;
      const verified = verify(key, params, hex(entry.message), hex(entry.signature));
      tally.verdict(verified, entry.testPassed as unknown as boolean, `tc ${entry.tcId} ${entry.reason}`);
    }
    tally.end();
  });

  test("Wycheproof ML-DSA-65 seeds: the published signature verifies under the seed's key, and so does one of ours", () => {
    const tally = new Tally("Wycheproof mldsa_65_sign_seed");
    for (const { group, entry } of wycheproof("mldsa_65_sign_seed")) {
      const what = `tc ${entry.tcId} ${entry.comment}`;
      const seed = hex(group.privateSeed);
      if (entry.result !== "valid") {
        const context = { context: hex(entry.ctx) };
        const attempt = () =>
          sign(privateKey("ML-DSA-65", seed, "raw"), { scheme: "ML-DSA", ...context }, hex(entry.msg));
        expect(["E_CRYPTO_KEY", "E_CRYPTO_INPUT"], what).toContain(codeOf(attempt));
        tally.refused();
        continue;
      }
      const key = privateKey("ML-DSA-65", seed, "raw");
      expect(exportPublic(key, "raw"), what).toEqual(hex(group.publicKey));
      if (entry.mu !== undefined && entry.msg === undefined) {
        tally.byPolicy("message representative given from outside");
        continue;
      }
      const half = publicOf(key, attributesOf("ML-DSA-65", "public-key"));
      const params = { scheme: "ML-DSA", ...(entry.ctx === undefined ? {} : { context: hex(entry.ctx) }) } as const;
      expect(verify(half, params, hex(entry.msg), hex(entry.sig)), what).toBe(true);
      expect(verify(half, params, hex(entry.msg), sign(key, params, hex(entry.msg))), what).toBe(true);
      tally.accepted();
    }
    tally.end();
  });
});

function evenHex(text: unknown): string {
  const digits = String(text);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}
