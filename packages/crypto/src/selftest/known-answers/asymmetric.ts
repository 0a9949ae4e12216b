import { hash } from "node:crypto";
import type { SignatureParams } from "../../policy/algorithm.ts";
import { algorithmNamed } from "../../provider/crypto.ts";
import { hex, is, type KnownAnswer } from "./known-answer.ts";
import { RSA_TEST_KEY, RSA_TEST_SIGNATURE } from "./rsa-key.ts";

/** True when the signature verifies and no longer does with one bit changed. */
function verifies(algorithm: string, params: SignatureParams, spki: string, signature: string, text: string): boolean {
  const { readAsymmetric, signature: primitives } = algorithmNamed(algorithm);
  const key = readAsymmetric?.("public-key", "spki", hex(spki));
  if (key === undefined || primitives === undefined) return false;
  const good = hex(signature);
  const bad = Buffer.from(good);
  bad.writeUInt8(bad.readUInt8(10) ^ 1, 10);
  const message = Buffer.from(text);
  return primitives.verify(key, params, message, good) && !primitives.verify(key, params, message, bad);
}

function agrees(algorithm: string, scalar: string, point: string, answer: string): boolean {
  const { readAsymmetric, agree } = algorithmNamed(algorithm);
  const privateKey = readAsymmetric?.("private-key", "raw", hex(scalar));
  const peer = readAsymmetric?.("public-key", "raw", hex(point));
  return privateKey !== undefined && peer !== undefined && agree !== undefined && is(agree(privateKey, peer), answer);
}

/** The published signature; and a PSS signature of the runtime checked by our own decoding, as digests are. */
function rsaSigns(): boolean {
  const { readAsymmetric, signature } = algorithmNamed("RSA-2048");
  const key = readAsymmetric?.("private-key", "pkcs8", Buffer.from(RSA_TEST_KEY, "base64"));
  if (key === undefined || signature === undefined) return false;
  const message = hex(RSA_TEST_SIGNATURE.message);
  const digest = hash("sha256", message, "buffer");
  const pkcs1 = { scheme: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
  const pss = { scheme: "RSA-PSS", hash: "SHA-256" } as const;
  const published = Buffer.from(RSA_TEST_SIGNATURE.signature, "base64");
  return (
    signature.sign(key, pkcs1, message).equals(published) &&
    signature.sign(key, { ...pkcs1, prehashed: true }, digest).equals(published) &&
    signature.verify(key, { ...pss, prehashed: true }, digest, signature.sign(key, pss, message))
  );
}

/** Elliptic-curve signatures of digests are ours; the runtime checks one. */
function ecdsaSignsDigests(): boolean {
  const { readAsymmetric, signature } = algorithmNamed("EC-P256");
  const key = readAsymmetric?.(
    "private-key",
    "raw",
    hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
  );
  if (key === undefined || signature === undefined) return false;
  const params = { scheme: "ECDSA", hash: "SHA-256" } as const;
  const made = signature.sign(key, { ...params, prehashed: true }, hash("sha256", "sample", "buffer"));
  return signature.verify(key, params, Buffer.from("sample"), made);
}

/** Signatures and key agreement. */
export const asymmetricAnswers: readonly KnownAnswer[] = [
  { name: "RSA-2048 sign", source: "Wycheproof rsa_pkcs1_2048_sig_gen", holds: rsaSigns, only: /^RSA-/ },
  {
    name: "ECDSA P-256 verify",
    source: "RFC 6979 A.2.5",
    holds: () =>
      verifies(
        "EC-P256",
        { scheme: "ECDSA", hash: "SHA-256", form: "raw" },
        "3059301306072a8648ce3d020106082a8648ce3d0301070342000460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        "sample",
      ),
  },
  { name: "ECDSA P-256 sign a digest", source: "RFC 6979 A.2.5, checked by the runtime", holds: ecdsaSignsDigests },
  {
    name: "Ed25519 verify",
    source: "RFC 8032 section 7.1 test 1",
    holds: () =>
      verifies(
        "Ed25519",
        { scheme: "EdDSA" },
        "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "",
      ),
  },
  {
    name: "ECDH P-256",
    source: "Wycheproof ecdh_secp256r1 test 1",
    holds: () =>
      agrees(
        "EC-P256",
        "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
        "0462d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26ac333a93a9e70a81cd5a95b5bf8d13990eb741c8c38872b4a07d275a014e30cf",
        "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
      ),
  },
  {
    name: "X25519",
    only: /^X(?:25519|448)$/,
    source: "Wycheproof x25519 test 1",
    holds: () =>
      agrees(
        "X25519",
        "c8a9d5a91091ad851c668b0736c1c9a02936c0d3ad62670858088047ba057475",
        "504a36999f489cd2fdbc08baff3d88fa00569ba986cba22548ffde80f9806829",
        "436a2c040cf45fea9b29a0cb81b1f41458f863d0d61b453d0a982720d6d61320",
      ),
  },
];
