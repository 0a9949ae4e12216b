import type { HashAlgorithm } from "@holdfast/crypto";
import { ENUM } from "@holdfast/kmip";
import { refuseValue } from "../refused.ts";

const H = ENUM.HashingAlgorithm;
const A = ENUM.CryptographicAlgorithm;

const HASHES = new Map<number, HashAlgorithm>([
  [H.MD5, "MD5"],
  [H.SHA_1, "SHA-1"],
  [H.SHA_224, "SHA-224"],
  [H.SHA_256, "SHA-256"],
  [H.SHA_384, "SHA-384"],
  [H.SHA_512, "SHA-512"],
  [H.SHA_512_224, "SHA-512/224"],
  [H.SHA_512_256, "SHA-512/256"],
  [H.SHA_3_224, "SHA3-224"],
  [H.SHA_3_256, "SHA3-256"],
  [H.SHA_3_384, "SHA3-384"],
  [H.SHA_3_512, "SHA3-512"],
]);

const HMACS = new Map<number, HashAlgorithm>([
  [A.HMAC_MD5, "MD5"],
  [A.HMAC_SHA1, "SHA-1"],
  [A.HMAC_SHA224, "SHA-224"],
  [A.HMAC_SHA256, "SHA-256"],
  [A.HMAC_SHA384, "SHA-384"],
  [A.HMAC_SHA512, "SHA-512"],
  [A.HMAC_SHA3_224, "SHA3-224"],
  [A.HMAC_SHA3_256, "SHA3-256"],
  [A.HMAC_SHA3_384, "SHA3-384"],
  [A.HMAC_SHA3_512, "SHA3-512"],
]);

/** The door's name of a Hashing Algorithm. @throws KmipRefusedError for one that is not served */
export function hashAlgorithm(value: number): HashAlgorithm {
  return HASHES.get(value) ?? refuseValue("HashingAlgorithm", value);
}

/** The hash function of a Cryptographic Algorithm that is an HMAC; undefined for every other. */
export function hashOfHmac(algorithm: number | undefined): HashAlgorithm | undefined {
  return algorithm === undefined ? undefined : HMACS.get(algorithm);
}
