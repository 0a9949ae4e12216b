import { constants, hash as digestOf, type KeyObject, privateEncrypt, publicDecrypt, sign, verify } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { SignatureParams, SignaturePrimitives } from "../policy/algorithm.ts";
import { type HashFunction, hashNamed } from "../policy/hash.ts";
import { encodePkcs1, encodePss, matchesPss } from "./rsa-encoding.ts";

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS. @see RFC 8017 section 8; FIPS 186-5 section 5.4 */
export const rsaSignature: SignaturePrimitives = {
  schemes: ["RSASSA-PKCS1-v1_5", "RSA-PSS"],
  sign(key, params, data) {
    const choice = chosen(params);
    if (isNative(params, choice)) return sign(choice.hash.runtime, data, { key, ...nativePadding(params, choice) });
    const encoded = encodedFor(key, params, choice, digestFor(params, choice, data));
    if (encoded === null) throw new CryptoError("E_CRYPTO_KEY", "The key is too small for the hash function.");
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
  },
  verify(key, params, data, signature) {
    const choice = chosen(params);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (signature.byteLength !== Math.ceil(bits / 8)) return false;
    try {
      if (isNative(params, choice))
        return verify(choice.hash.runtime, data, { key, ...nativePadding(params, choice) }, signature);
      const digest = digestFor(params, choice, data);
      const opened = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
      if (params.scheme === "RSA-PSS")
        return matchesPss(opened, digest, choice.hash, choice.maskHash, choice.saltBytes, bits);
      return encodedFor(key, params, choice, digest)?.equals(opened) === true;
    } catch {
      return false; // a signature that is no number below the modulus
    }
  },
};

/** Reads the salt's size from the signature. */
const AUTO = constants.RSA_PSS_SALTLEN_AUTO;

interface Choice {
  readonly hash: HashFunction;
  readonly maskHash: HashFunction;
  readonly saltBytes: number | "any";
}

function chosen({ hash, mgfHash, saltBytes }: SignatureParams): Choice {
  const function_ = hashNamed(hash);
  return { hash: function_, maskHash: hashNamed(mgfHash ?? hash), saltBytes: saltBytes ?? function_.bytes };
}

/** The runtime hashes the message itself and masks with the same function; everything else is encoded here. */
function isNative({ prehashed }: SignatureParams, { hash, maskHash }: Choice): boolean {
  return prehashed !== true && hash === maskHash;
}

function nativePadding({ scheme }: SignatureParams, { saltBytes }: Choice): { padding: number; saltLength?: number } {
  if (scheme === "RSASSA-PKCS1-v1_5") return { padding: constants.RSA_PKCS1_PADDING };
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltBytes === "any" ? AUTO : saltBytes };
}

function digestFor({ prehashed }: SignatureParams, { hash }: Choice, data: Uint8Array): Uint8Array {
  return prehashed === true ? data : digestOf(hash.runtime, data, "buffer");
}

function encodedFor(key: KeyObject, { scheme }: SignatureParams, choice: Choice, digest: Uint8Array): Buffer | null {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return scheme === "RSA-PSS"
    ? encodePss(digest, choice.hash, choice.maskHash, Number(choice.saltBytes), bits)
    : encodePkcs1(digest, choice.hash, Math.ceil(bits / 8));
}
