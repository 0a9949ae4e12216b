import { expect, test } from "vitest";
import { fipsStatus } from "../fips/fips-status.ts";
import { runSelfTests } from "./run-self-tests.ts";

test("every known-answer test passes and names its source", () => {
  const ran = runSelfTests();
  expect(ran.map(({ name }) => name)).toEqual([
    "SHA-256",
    "HMAC-SHA-256",
    "HKDF-SHA-256",
    "AES-256-GCM",
    "AES-256-KW",
    "ECDSA P-256 verify",
    "Ed25519 verify",
  ]);
  expect(ran.every(({ source }) => source.length > 5)).toBe(true);
});

test("the runtime's module is described without claiming a validation", () => {
  expect(fipsStatus()).toMatchObject({ mode: "off", module: "OpenSSL", validation: "not claimed" });
  expect(fipsStatus().moduleVersion).toBe(process.versions.openssl);
});
