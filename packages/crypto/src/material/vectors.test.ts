import { describe, expect, test } from "vitest";
import { exportComponents } from "../egress.ts";
import { isProbablePrime } from "../numbers/rsa-numbers.ts";
import { attributesOf, privateKey, publicKey } from "../testing/test-keys.ts";
import { acvp, codeOf, hex, readVectorFile, Tally, vectorsPresent, wycheproof } from "../testing/vector-sets.ts";
import { exportPublic } from "./import-material.ts";
import { importTransparent } from "./import-transparent.ts";

const CURVES: Readonly<Record<string, [string, number]>> = {
  "P-256": ["EC-P256", 64],
  "P-384": ["EC-P384", 96],
  "P-521": ["EC-P521", 132],
  secp256r1: ["EC-P256", 64],
  secp384r1: ["EC-P384", 96],
  secp521r1: ["EC-P521", 132],
};

describe.runIf(vectorsPresent)("published vectors of keys", () => {
  test("ACVP ECDSA key pairs: the point belongs to the scalar", () => {
    const tally = new Tally("ACVP ECDSA-KeyGen");
    for (const { group, entry } of acvp("ECDSA-KeyGen-FIPS186-5")) {
      const [algorithm, digits] = CURVES[String(group.curve)] ?? [];
      if (algorithm === undefined || digits === undefined) {
        tally.byPolicy("curve not on the allow-list");
        continue;
      }
      const point = hex(`04${entry.qx?.padStart(digits, "0")}${entry.qy?.padStart(digits, "0")}`);
      const key = importTransparent({ d: hex(even(entry.d)), q: point }, attributesOf(algorithm, "private-key"));
      expect(exportPublic(key, "raw"), `tc ${entry.tcId}`).toEqual(point);
      tally.accepted();
    }
    tally.end();
  });

  test("ACVP ECDSA public keys: on the curve and in range", () => {
    const tally = new Tally("ACVP ECDSA-KeyVer");
    for (const { group, entry } of acvp("ECDSA-KeyVer-FIPS186-5")) {
      const [algorithm, digits] = CURVES[String(group.curve)] ?? [];
      if (algorithm === undefined || digits === undefined) {
        tally.byPolicy("curve not on the allow-list");
        continue;
      }
      const point = hex(`04${entry.qx?.padStart(digits, "0")}${entry.qy?.padStart(digits, "0")}`);
      const code = codeOf(() => publicKey(algorithm, point, "raw"));
      tally.verdict(code === "ok", entry.testPassed as unknown as boolean, `tc ${entry.tcId} ${entry.reason}`);
    }
    tally.end();
  });

  test("ACVP RSA key pairs: sound, with the numbers that are computed when they are not given", () => {
    const tally = new Tally("ACVP RSA-KeyGen");
    for (const { entry } of acvp("RSA-KeyGen-FIPS186-5")) {
      const [n, e, p, q] = [entry.n, entry.e, entry.p, entry.q].map((text) => hex(even(text)));
      if (n === undefined || e === undefined || p === undefined || q === undefined || n.byteLength === 0) {
        tally.byPolicy("values not given");
        continue;
      }
      const attributes = attributesOf("RSA", "private-key");
      const given = entry.d ? { n, e, p, q, d: hex(even(entry.d)) } : { n, e, p, q };
      const { d, dp, dq, qi } = exportComponents(importTransparent(given, attributes));
      const value = (bytes: Uint8Array | undefined) => BigInt(`0x${Buffer.from(bytes ?? []).toString("hex") || "0"}`);
      if (entry.dmp1)
        expect([value(dp), value(dq), value(qi)]).toEqual(
          [entry.dmp1, entry.dmq1, entry.iqmp].map((text) => BigInt(`0x${text}`)),
        );
      expect(value(exportComponents(importTransparent({ n, e, d: d ?? n }, attributes)).n)).toBe(value(n));
      tally.accepted();
    }
    tally.end();
  });

  test("C2SP det-keygen: every private key is read as it is", () => {
    const tally = new Tally("C2SP det-keygen");
    const ecdsa = JSON.parse(readVectorFile("c2sp/det-keygen/ecdsa.json")) as {
      curve: string;
      private_key_pkcs8: string;
    }[];
    for (const { curve, private_key_pkcs8 } of ecdsa) {
      const [algorithm] = CURVES[curve] ?? [];
      if (algorithm === undefined) {
        tally.byPolicy("curve not on the allow-list");
        continue;
      }
      expect(codeOf(() => privateKey(algorithm, Buffer.from(private_key_pkcs8, "base64")))).toBe("ok");
      tally.accepted();
    }
    const rsa = JSON.parse(readVectorFile("c2sp/det-keygen/rsa.json")) as { bits: number; private_key_pkcs8: string }[];
    for (const { bits, private_key_pkcs8 } of rsa) {
      const code = codeOf(() => privateKey("RSA", Buffer.from(private_key_pkcs8, "base64")));
      expect(code, String(bits)).toBe("ok");
      tally.accepted();
    }
    tally.end();
  });

  test.each(["ML-KEM-keyGen-FIPS203", "ML-DSA-keyGen-FIPS204"])("ACVP %s: the public key of a seed", (set) => {
    const tally = new Tally(`ACVP ${set}`);
    for (const { group, entry } of acvp(set)) {
      const seed = set.startsWith("ML-KEM") ? hex(`${entry.d}${entry.z}`) : hex(entry.seed);
      const expanded = hex(entry.dk ?? entry.sk);
      const algorithm = String(group.parameterSet);
      expect(exportPublic(privateKey(algorithm, seed, "raw"), "raw"), `tc ${entry.tcId}`).toEqual(
        hex(entry.ek ?? entry.pk),
      );
      expect(exportPublic(privateKey(algorithm, expanded, "raw"), "raw")).toEqual(hex(entry.ek ?? entry.pk));
      tally.accepted();
    }
    tally.end();
  });

  test("Wycheproof mlkem_768_keygen_seed", () => {
    const tally = new Tally("Wycheproof mlkem_768_keygen_seed");
    for (const { entry } of wycheproof("mlkem_768_keygen_seed")) {
      expect(exportPublic(privateKey("ML-KEM-768", hex(entry.seed), "raw"), "raw")).toEqual(hex(entry.ek));
      expect(exportPublic(privateKey("ML-KEM-768", hex(entry.dk), "raw"), "raw")).toEqual(hex(entry.ek));
      tally.accepted();
    }
    tally.end();
  });

  test("Wycheproof primality: no composite passes for a prime", () => {
    const tally = new Tally("Wycheproof primality");
    for (const { entry } of wycheproof("primality")) {
      const bytes = hex(entry.value);
      const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
      const value = BigInt(`0x${entry.value}`) - (negative ? 1n << BigInt(bytes.byteLength * 8) : 0n);
      if (entry.result === "acceptable") {
        expect(isProbablePrime(value)).toBe(false);
        tally.byPolicy("acceptable: the negative of a prime");
      } else tally.verdict(isProbablePrime(value), entry.result === "valid", `tc ${entry.tcId} ${entry.comment}`);
    }
    tally.end();
  });
});

function even(text: string | undefined): string {
  return (text ?? "").length % 2 === 0 ? (text ?? "") : `0${text}`;
}
