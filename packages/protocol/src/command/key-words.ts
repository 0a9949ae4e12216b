import { type Schema, text } from "../schema/schema.ts";

/** Kinds of managed objects: what a record is about, in the words of KMIP. */
export const OBJECT_TYPES = [
  "symmetric-key",
  "private-key",
  "public-key",
  "secret-data",
  "opaque",
  "certificate",
  "split-key",
  "pgp-key",
  "template",
] as const;

/** A kind of managed object. */
export type ObjectType = (typeof OBJECT_TYPES)[number];

/**
 * What a key may be used for: the bits of KMIP's Cryptographic Usage Mask, each by a word, so that the mask is a function
 * of the usage and nothing of it is lost. An object that is only kept has none of them.
 *
 * @see KMIP 1.4 section 9.1.3.3.1, KMIP 2.1 section 11.13 (Cryptographic Usage Mask)
 */
export const KEY_USAGES = [
  "sign",
  "verify",
  "encrypt",
  "decrypt",
  "wrap",
  "unwrap",
  "export",
  "mac",
  "verifymac",
  "derive",
  "commit",
  "agree",
  "certsign",
  "crlsign",
  "generatecryptogram",
  "validatecryptogram",
  "translateencrypt",
  "translatedecrypt",
  "translatewrap",
  "translateunwrap",
  "authenticate",
  "unrestricted",
  "fpeencrypt",
  "fpedecrypt",
] as const;

/** Something a key may be used for. */
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Algorithms of one key, with the size in their name. */
const SECRET_KEY_ALGORITHMS = [
  "AES-128",
  "AES-192",
  "AES-256",
  "AES-128-XTS",
  "AES-256-XTS",
  "ChaCha20-Poly1305",
  "HMAC-SHA224",
  "HMAC-SHA256",
  "HMAC-SHA384",
  "HMAC-SHA512",
  "HMAC-SHA3-256",
  "HMAC-SHA3-384",
  "HMAC-SHA3-512",
] as const;

/** Algorithms of a private and a public key that are made together. */
const KEY_PAIR_ALGORITHMS = [
  "RSA-2048",
  "RSA-3072",
  "RSA-4096",
  "EC-P256",
  "EC-P384",
  "EC-P521",
  "EC-secp256k1",
  "Ed25519",
  "Ed448",
  "X25519",
  "X448",
  "ML-KEM-512",
  "ML-KEM-768",
  "ML-KEM-1024",
  "ML-DSA-44",
  "ML-DSA-65",
  "ML-DSA-87",
] as const;

/** What administrators may have made. What clients register may be of other algorithms; their names are open. */
export const KEY_ALGORITHMS = [...SECRET_KEY_ALGORITHMS, ...KEY_PAIR_ALGORITHMS] as const;

/** An algorithm that administrators may have made. */
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

/**
 * What is refused unless administrators allow it: algorithms, modes and ways of using them that are kept for old data and
 * old devices.
 */
export const LEGACY_ALGORITHMS = [
  "3DES",
  "RSA-1024",
  "HMAC-MD5",
  "short-mac-key",
  "ECB",
  "RSA-PKCS1",
  "RSA-NONE",
  "SHA-1",
  "MD5",
  "given-iv",
  "short-tag",
] as const;

/** Something that is refused unless administrators allow it. */
export type LegacyAlgorithm = (typeof LEGACY_ALGORITHMS)[number];

/** What each of them means to somebody who has to decide. */
export const LEGACY_WORDS: Readonly<Record<LegacyAlgorithm, string>> = {
  "3DES": "3DES",
  "RSA-1024": "RSA keys shorter than 2048 bits",
  "HMAC-MD5": "HMAC with MD5",
  "short-mac-key": "MAC keys shorter than 112 bits",
  ECB: "ECB mode, which shows repetitions",
  "RSA-PKCS1": "RSA encryption with PKCS #1 v1.5 padding",
  "RSA-NONE": "RSA without padding",
  "SHA-1": "SHA-1 in signatures",
  MD5: "MD5 in signatures",
  "given-iv": "initialisation vectors that clients choose",
  "short-tag": "shortened authentication tags",
};

/**
 * The name of any algorithm. State documents take all of them: who checks what happened to a key need not know how it
 * works.
 */
export const algorithmName: Schema<string> = text(
  (value) => /^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/.test(value),
  "the name of an algorithm",
);

/** Whether an algorithm makes a private and a public key. */
export function isKeyPairAlgorithm(algorithm: string): boolean {
  return (KEY_PAIR_ALGORITHMS as readonly string[]).includes(algorithm);
}

const OF_THE_PRIVATE_KEY: ReadonlySet<KeyUsage> = new Set([
  "sign",
  "decrypt",
  "unwrap",
  "commit",
  "agree",
  "derive",
  "certsign",
  "crlsign",
]);
/** What a public key is for; agreeing and deriving take both halves. */
const OF_THE_PUBLIC_KEY: ReadonlySet<KeyUsage> = new Set(["verify", "encrypt", "wrap", "agree", "derive"]);

/** Of the usages of a key pair, those that belong to one of its keys. */
export function usageOfPart(usage: readonly KeyUsage[], part: "private-key" | "public-key"): KeyUsage[] {
  const own = part === "private-key" ? OF_THE_PRIVATE_KEY : OF_THE_PUBLIC_KEY;
  return usage.filter((each) => own.has(each));
}

/** What a key of an algorithm is for, where nobody says otherwise. */
export function usualUsage(algorithm: string): readonly KeyUsage[] {
  if (algorithm.startsWith("HMAC-")) return ["mac", "verifymac"];
  if (/^(?:RSA|EC|Ed|ML-DSA)/.test(algorithm)) return ["sign", "verify"];
  return /^X\d/.test(algorithm) ? ["agree"] : ["decrypt", "encrypt"];
}

/**
 * Whether a usage set contradicts itself: a key that wraps and decrypts would give wrapped keys out in clear to whoever
 * may decrypt with it.
 */
export function isContradictoryUsage(usage: readonly KeyUsage[]): boolean {
  return usage.includes("wrap") && usage.includes("decrypt");
}

/** Algorithms whose keys can be kept in a token (a hardware security module, a TPM). */
const HSM_ALGORITHM =
  /^(?:AES-(?:128|192|256)|HMAC-SHA(?:1|224|256|384|512)|RSA-(?:2048|3072|4096)|EC-P(?:256|384|521)|Ed25519)$/;

/** Whether keys of the algorithm can be kept in a token, if it has what they need. */
export function isHsmAlgorithm(algorithm: string): boolean {
  return HSM_ALGORITHM.test(algorithm);
}
