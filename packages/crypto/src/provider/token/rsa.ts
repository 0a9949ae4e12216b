import { constants, hash as digestOf, type KeyObject, publicEncrypt, verify } from "node:crypto";
import { CryptoError } from "../../errors.ts";
import { CKM } from "../../pkcs11/cryptoki.ts";
import { tokenKeyOf } from "../../pkcs11/token-key.ts";
import type { Algorithm, SignatureParams, SignaturePrimitives } from "../../policy/algorithm.ts";
import type { CipherRun, ModeOfUse } from "../../policy/cipher-params.ts";
import { type HashFunction, hashNamed } from "../../policy/hash.ts";
import { decodeOaep, encodePkcs1 } from "../rsa-encoding.ts";
import { asBuffer } from "./aes.ts";

const NOTHING = Buffer.alloc(0);

/** CKM_ and CKG_MGF1_ of hash functions. @see PKCS#11 v2.40 mechanisms, section 2.1 */
const HASHES: ReadonlyMap<string, { readonly hash: number; readonly mgf: number }> = new Map([
  ["SHA-1", { hash: CKM.sha1, mgf: 1 }],
  ["SHA-224", { hash: CKM.sha224, mgf: 5 }],
  ["SHA-256", { hash: CKM.sha256, mgf: 2 }],
  ["SHA-384", { hash: CKM.sha384, mgf: 3 }],
  ["SHA-512", { hash: CKM.sha512, mgf: 4 }],
]);

/**
 * A private RSA key in a token: OAEP, PSS and PKCS#1 v1.5 signatures.
 *
 * PKCS#1 v1.5 decryption is not offered: a token tells wrong paddings apart, and here nothing could hide that.
 */
export function tokenRsa(software: Algorithm): Algorithm {
  return {
    ...software,
    modeOf: (mode) => (mode === "RSA-OAEP" ? OAEP : null),
    signature: tokenRsaSignature,
  };
}

const OAEP: ModeOfUse = {
  ivBytes: 0,
  ivFits: (bytes) => bytes === 0,
  tagBytes: [],
  padBytes: 0,
  onceOnly: false,
  positional: false,
  legacy: false,
  whole: (key, run, data) => ({ output: openOaep(key, run, data) }),
};

/**
 * The token's own OAEP; where it has not this hash function, plain exponentiation there and the padding read here, in
 * the same time whatever it is.
 */
function openOaep(key: KeyObject, { params }: CipherRun, data: Uint8Array): Buffer {
  const { token, name } = tokenKeyOf(key);
  const hash = hashNamed(params.hash ?? "SHA-256");
  const maskHash = hashNamed(params.mgfHash ?? hash.name);
  const label = params.label ?? NOTHING;
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (data.byteLength !== size) throw new CryptoError("E_DECRYPT");
  const numbers = { hash: HASHES.get(hash.name)?.hash, mgf: HASHES.get(maskHash.name)?.mgf };
  if (
    numbers.hash !== undefined &&
    numbers.mgf !== undefined &&
    token.has(CKM.rsaOaep) &&
    !lacksOaep.has(hashPair(key, hash, maskHash))
  ) {
    const mechanism = { kind: "oaep", hash: numbers.hash, mgf: numbers.mgf, label } as const;
    try {
      return asBuffer(token.callSync("decrypt", { key: name, mechanism, data }));
    } catch (cause) {
      if (!(cause instanceof CryptoError) || !isUnsupported(cause)) throw cause;
      lacksOaep.add(hashPair(key, hash, maskHash));
    }
  }
  token.require(CKM.rsaX509);
  const mechanism = { kind: "plain", mechanism: CKM.rsaX509 } as const;
  const opened = asBuffer(token.callSync("decrypt", { key: name, mechanism, data }));
  const padded = Buffer.concat([Buffer.alloc(size - opened.byteLength), opened]);
  const output = decodeOaep(padded, label, hash, maskHash);
  opened.fill(0);
  padded.fill(0);
  if (output === null) throw new CryptoError("E_DECRYPT");
  return output;
}

/** Hash functions that a token refused for OAEP, by its serial number: it is asked once. */
const lacksOaep = new Set<string>();

function hashPair(key: KeyObject, hash: HashFunction, maskHash: HashFunction): string {
  return `${tokenKeyOf(key).token.facts.serial}/${hash.name}/${maskHash.name}`;
}

/** The parameters were refused when the operation began: nothing of the data has been looked at. */
function isUnsupported({ code, detail }: CryptoError): boolean {
  return code === "E_HSM_MECHANISM" || (code === "E_HSM_FAULT" && detail.ckr === "CKR_ARGUMENTS_BAD");
}

const tokenRsaSignature: SignaturePrimitives = {
  schemes: ["RSASSA-PKCS1-v1_5", "RSA-PSS"],
  sign(key, params, data) {
    const { token, name } = tokenKeyOf(key);
    const hash = hashNamed(params.hash);
    const digest = params.prehashed === true ? data : digestOf(hash.runtime, data, "buffer");
    if (params.scheme === "RSA-PSS") return signPss(key, params, hash, digest);
    token.require(CKM.rsaPkcs);
    const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
    const mechanism = { kind: "plain", mechanism: CKM.rsaPkcs } as const;
    const info = digestInfo(digest, hash, size);
    return asBuffer(token.callSync("sign", { key: name, mechanism, data: info }));
  },
  verify() {
    throw new CryptoError("E_CRYPTO_USAGE"); // the public half is not in the token
  },
};

function signPss(key: KeyObject, params: SignatureParams, hash: HashFunction, digest: Uint8Array): Buffer {
  const { token, name } = tokenKeyOf(key);
  token.require(CKM.rsaPss);
  const numbers = HASHES.get(hash.name);
  const mask = HASHES.get(params.mgfHash ?? hash.name);
  if (numbers === undefined || mask === undefined)
    throw new CryptoError("E_CRYPTO_ALGORITHM", "Tokens have no PSS with this hash function.");
  const saltBytes = typeof params.saltBytes === "number" ? params.saltBytes : hash.bytes;
  const mechanism = { kind: "pss", hash: numbers.hash, mgf: mask.mgf, saltBytes } as const;
  return asBuffer(token.callSync("sign", { key: name, mechanism, data: digest }));
}

/** DigestInfo is what is left of the encoded message without its padding, which the token puts on. */
function digestInfo(digest: Uint8Array, hash: HashFunction, size: number): Buffer {
  const encoded = encodePkcs1(digest, hash, size);
  if (encoded === null) throw new CryptoError("E_CRYPTO_KEY", "The key is too small for the hash function.");
  return encoded.subarray(encoded.indexOf(0, 2) + 1);
}

/** Proves that the private key in the token belongs to the public key, by what it may do. */
export function provesRsa(privateKey: KeyObject, publicKey: KeyObject, usages: readonly string[]): boolean {
  const probe = Buffer.from("holdfast/pairwise/v1");
  if (usages.includes("sign")) {
    const signature = tokenRsaSignature.sign(privateKey, { scheme: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, probe);
    return verify("sha256", probe, publicKey, signature);
  }
  const sealed = publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    probe,
  );
  const run = {
    iv: NOTHING,
    aad: NOTHING,
    tagBytes: 0,
    tag: null,
    params: { mode: "RSA-OAEP", hash: "SHA-256" },
  } as const;
  return openOaep(privateKey, run, sealed).equals(probe);
}
