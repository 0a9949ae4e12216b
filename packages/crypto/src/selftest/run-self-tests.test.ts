import { expect, test } from "vitest";
import { fipsStatus } from "../fips/fips-status.ts";
import { runSelfTests } from "./run-self-tests.ts";

test("every known-answer test passes and names its source", () => {
  const ran = runSelfTests();
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
