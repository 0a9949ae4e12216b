import { createSecretKey } from "node:crypto";
import { deriveBytes } from "../../derivation/derive.ts";
import type { DeriveParams } from "../../derivation/derive-params.ts";
import { hex, is, type KnownAnswer } from "./known-answer.ts";

const derives = (base: Buffer, params: Exclude<DeriveParams, { method: "ENCRYPT" }>, answer: string): boolean =>
  is(deriveBytes(createSecretKey(base), null, params, answer.length / 2, { legacy: true }), answer);

/** Key derivation. */
export const derivationAnswers: readonly KnownAnswer[] = [
  {
    name: "HKDF-SHA-256",
    source: "RFC 5869 A.1",
    holds: () =>
      derives(
        Buffer.alloc(22, 0x0b),
        { method: "HKDF", hash: "SHA-256", salt: hex("000102030405060708090a0b0c"), info: hex("f0f1f2f3f4f5f6f7f8f9") },
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
      ),
  },
  {
    name: "PBKDF2-HMAC-SHA-256",
    source: "RFC 7914 section 11",
    holds: () =>
      derives(
        Buffer.from("passwd"),
        { method: "PBKDF2", hash: "SHA-256", salt: Buffer.from("salt"), iterations: 1 },
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
      ),
  },
  {
    name: "SP 800-108 counter mode, HMAC-SHA-256",
    source: "NIST CAVP KBKDF, counter before fixed input, 32 bits",
    holds: () =>
      derives(
        hex("dd1d91b7d90b2bd3138533ce92b272fbf8a369316aefe242e659cc0ae238afe0"),
        {
          method: "SP800-108",
          mode: "counter",
          prf: "HMAC",
          hash: "SHA-256",
          fixed: hex(
            "01322b96b30acd197979444e468e1c5c6859bf1b1cf951b7e725303e237e46b864a145fab25e517b08f8683d0315bb2911d80a0e8aba17f3b413faac",
          ),
        },
        "10621342bfb0fd40046c0e29f2cfdbf0",
      ),
  },
];
