import { expect, test } from "vitest";
import { fipsStatus, probeFips } from "../fips/fips-status.ts";
import { generateKey } from "../provider/crypto.ts";
import { runSelfTests } from "./run-self-tests.ts";

test("every known-answer test passes and names its source", () => {
  const { ran, failed, milliseconds } = runSelfTests();
  expect([failed, milliseconds >= 0]).toEqual([[], true]);
  const names = ran.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const family of [
    "SHA-256",
    "SHA3-256",
    "HMAC",
    "AES-CMAC",
    "AES-256-GCM",
    "CCM",
    "CBC",
    "CTR",
    "XTS",
    "KW",
    "KWP",
  ])
    expect(names.join(), family).toContain(family);
  for (const family of [
    "ChaCha20",
    "3DES",
    "HKDF",
    "PBKDF2",
    "SP 800-108",
    "RSA",
    "ECDSA",
    "Ed25519",
    "ECDH",
    "X25519",
    "ML-KEM",
    "ML-DSA",
  ])
    expect(names.join(), family).toContain(family);
  expect(ran.every(({ source }) => source.length > 5)).toBe(true);
});

test("the runtime's module is described without claiming a validation", () => {
  expect(fipsStatus()).toMatchObject({ mode: "off", module: "OpenSSL", validation: "not claimed" });
  expect(fipsStatus().moduleVersion).toBe(process.versions.openssl);
});

test("a wrong answer that everything stands on stops everything, whether it is wrong or throws", () => {
  const answers = [
    () => false,
    () => {
      throw new TypeError("the runtime has no such algorithm");
    },
  ];
  for (const holds of answers)
    expect(() => runSelfTests([{ name: "SHA-256", source: "FIPS 180-4", holds }])).toThrowError(
      expect.objectContaining({ code: "E_SELFTEST", detail: { test: "SHA-256" } }),
    );
});

test("a wrong answer of one family stops that family in this process, and no other", () => {
  const attributes = {
    id: { keyId: "k_aaaaaaaaaaaaaaaaaaaaaaaaaa", version: 1 },
    usages: ["encrypt"],
    extractable: false,
  } as const;
  expect(generateKey("ChaCha20-Poly1305", attributes).keyAlgorithm).toBe("ChaCha20-Poly1305");
  const wrong = { name: "ChaCha20-Poly1305", source: "RFC 8439", holds: () => false, only: /^ChaCha20/ };
  expect(runSelfTests([wrong])).toMatchObject({ failed: ["ChaCha20-Poly1305"] });
  expect(() => generateKey("ChaCha20-Poly1305", attributes)).toThrowError(
    expect.objectContaining({ code: "E_SELFTEST" }),
  );
  expect(generateKey("AES-256", attributes).keyAlgorithm).toBe("AES-256");
});

test.each([
  { flag: false, md5: true, sha256: true, loaded: false, why: "no-provider" },
  { flag: true, md5: true, sha256: true, loaded: false, why: "broken" }, // the flag alone: nothing refuses MD5
  { flag: true, md5: false, sha256: false, loaded: false, why: "broken" }, // the flag without any provider
  { flag: true, md5: false, sha256: false, loaded: true, why: "broken" },
  { flag: false, md5: true, sha256: true, loaded: true, why: "unforced" },
  { flag: true, md5: true, sha256: true, loaded: true, why: "unforced" },
  { flag: true, md5: false, sha256: true, loaded: true, why: "active" },
])("FIPS is on only where a loaded provider answers for everything: $why", ({ flag, md5, sha256, loaded, why }) => {
  const facts = probeFips({
    flag: () => flag,
    computes: (algorithm) => (algorithm === "md5" ? md5 : sha256),
    mappedFiles: () => ["/usr/lib/libc.so.6", ...(loaded ? ["/opt/ossl-modules/fips.so"] : [])],
    read: () => Buffer.from("\0OpenSSL FIPS Provider\x003.1.2\0"),
  });
  expect([facts.why, facts.mode, facts.validation]).toEqual([why, why === "active" ? "on" : "off", "not claimed"]);
  expect(facts.provider?.version).toBe(loaded ? "3.1.2" : undefined);
});
