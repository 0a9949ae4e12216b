import { createPublicKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import {
  insideOf,
  type KeyAttributes,
  type KeyHandle,
  type MaterialAttributes,
  makeKeyHandle,
} from "../handle/key-handle.ts";
import { encodeKeyReference } from "../handle/key-reference.ts";
import type { KeyUsage } from "../policy/usage.ts";
import { algorithmNamed, type KeyPair, type PairAttributes, tokenAlgorithmNamed } from "../provider/crypto.ts";
import { CKM, CKO } from "./cryptoki.ts";
import { HsmError } from "./hsm-error.ts";
import type { ObjectName, PublicNumbers, TokenUsages } from "./request.ts";
import type { Token } from "./token.ts";
import { isTokenKey, TokenKey } from "./token-key.ts";

/** What leads back to a key in a token. No secret: without the token it is worth nothing. */
export interface TokenReference {
  readonly ver: 1;
  /** Of the token. */
  readonly serial: string;
  /** CKA_LABEL; CKA_ID is the key's own reference. */
  readonly label: string;
  /** Key check value of a secret key, hexadecimal; null where it has none. */
  readonly check: string | null;
  /** Public half of a private key, SubjectPublicKeyInfo in base64url. */
  readonly spki: string | null;
}

/** The reference in fixed form. */
export function encodeTokenReference({ ver, serial, label, check, spki }: TokenReference): Buffer {
  return Buffer.from(JSON.stringify({ ver, serial, label, check, spki }), "utf8");
}

/** Reads what {@link encodeTokenReference} made. Caller must: have opened it, so that it is what was written. */
export function parseTokenReference(bytes: Uint8Array): TokenReference {
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as TokenReference;
}

/** CKA_LABEL of every key of a domain begins so. */
export function labelPrefix(domain: string): string {
  return `holdfast ${domain} `;
}

function nameOf({ keyId, version }: KeyAttributes["id"], domain: string, kind: number): ObjectName {
  const id = encodeKeyReference({ keyId, version });
  return { class: kind, id, label: `${labelPrefix(domain)}${keyId}/${version}` };
}

/**
 * Makes a secret key in the token, which never leaves it.
 *
 * Caller must: have written down that it is being made ({@link forgetTokenKey} removes one that was made for nothing).
 * @throws {@link HsmError}; {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_USAGE`, `E_CRYPTO_INPUT`, `E_SELFTEST`
 */
export function generateTokenKey(
  token: Token,
  domain: string,
  algorithm: string,
  attributes: KeyAttributes & { readonly bits?: number },
): KeyHandle {
  const { making, algorithm: chosen } = tokenAlgorithmNamed(algorithm);
  if (making.kind !== "secret") throw new CryptoError("E_CRYPTO_ALGORITHM", "The algorithm makes key pairs.");
  requireKept(attributes);
  token.require(making.mechanism);
  const bytes = chosen.newSecretBytes?.(attributes.bits) ?? 0;
  const name = nameOf(attributes.id, domain, CKO.secretKey);
  const { usages, id, extractable } = attributes;
  const ask = { id: name.id, label: name.label, type: making.type, bytes, usages: tokenUsages(usages) };
  const made = token.callSync("makeSecret", ask);
  const check = making.type === "aes" ? checkHex(made.checkValue ?? enciphered(token, name)) : null;
  const key = new TokenKey(token, name, { type: "secret", bytes, check });
  const handle = makeKeyHandle(
    chosen,
    { key: key.asKeyObject, format: "raw", original: null },
    { id, usages, extractable, type: "symmetric-key", algorithm: chosen.name },
  );
  if (!provesSecret(handle)) throw new CryptoError("E_SELFTEST");
  return handle;
}

/**
 * Makes a pair whose private half is in the token. It rejects as {@link generateTokenKey} throws; nothing waits for it.
 */
export async function generateTokenKeyPair(
  token: Token,
  domain: string,
  algorithm: string,
  attributes: PairAttributes,
): Promise<KeyPair> {
  const { making, algorithm: chosen, proves } = tokenAlgorithmNamed(algorithm);
  if (making.kind !== "pair") throw new CryptoError("E_CRYPTO_ALGORITHM", "No key pairs of it are made.");
  const { privateKey: wanted } = attributes;
  requireKept(wanted);
  token.require(making.mechanism);
  const name = nameOf(wanted.id, domain, CKO.privateKey);
  const ask = { id: name.id, label: name.label, form: making.form, usages: tokenUsages(wanted.usages) };
  const { numbers } = await token.call("makePair", ask);
  const publicKey = publicKeyOf(numbers, chosen.name);
  const { id, usages, extractable } = wanted;
  const key = new TokenKey(token, name, { type: "private", publicKey });
  const privateKey = makeKeyHandle(
    chosen,
    { key: key.asKeyObject, format: "pkcs8", original: null },
    { id, usages, extractable, type: "private-key", algorithm: chosen.name },
  );
  const other = makeKeyHandle(
    algorithmNamed(algorithm),
    { key: publicKey, format: "spki", original: null },
    { ...attributes.publicKey, type: "public-key", algorithm: chosen.name },
  );
  if (!proves(key.asKeyObject, publicKey, usages)) throw new CryptoError("E_SELFTEST");
  return { privateKey, publicKey: other };
}

/** What leads back to the key of a handle; null for one that is in no token. */
export function tokenReferenceOf(handle: KeyHandle): TokenReference | null {
  const { key } = insideOf(handle).material;
  if (!isTokenKey(key)) return null;
  const { token, name, form } = key;
  const spki =
    form.type === "private" ? form.publicKey.export({ format: "der", type: "spki" }).toString("base64url") : null;
  const check = form.type === "secret" ? form.check : null;
  return { ver: 1, serial: token.facts.serial, label: name.label, check, spki };
}

/**
 * A handle of a key that is in the token, after the check that it is the one that was made.
 *
 * @throws {@link HsmError} `E_HSM_TOKEN` for another token, `E_HSM_KEY` for a key that is missing, may leave the token or
 * is another, `E_HSM_GONE`
 */
export function openTokenKey(token: Token, reference: TokenReference, attributes: MaterialAttributes): KeyHandle {
  if (token.facts.serial !== reference.serial)
    throw new HsmError("E_HSM_TOKEN", "The key is in another token.", { serial: reference.serial });
  const { algorithm: chosen, proves } = tokenAlgorithmNamed(attributes.algorithm ?? "");
  const secret = attributes.type === "symmetric-key";
  const id = encodeKeyReference(attributes.id);
  const name = { class: secret ? CKO.secretKey : CKO.privateKey, id, label: reference.label };
  const [found, ...more] = token.callSync("find", name);
  if (found === undefined || more.length > 0) throw new HsmError("E_HSM_KEY");
  if (!found.sensitive || found.extractable) throw new HsmError("E_HSM_KEY", "The key in the token may leave it.");
  if (secret) {
    const check = reference.check === null ? null : checkHex(found.checkValue ?? enciphered(token, name));
    if (check !== reference.check) throw new HsmError("E_HSM_KEY", "The key in the token is another one.");
    const bytes = attributes.bits === undefined ? (found.bytes ?? 0) : attributes.bits / 8;
    const key = new TokenKey(token, name, { type: "secret", bytes, check });
    return makeKeyHandle(chosen, { key: key.asKeyObject, format: "raw", original: null }, attributes);
  }
  const publicKey = readSpki(reference.spki);
  const key = new TokenKey(token, name, { type: "private", publicKey });
  if (!proves(key.asKeyObject, publicKey, attributes.usages))
    throw new HsmError("E_HSM_KEY", "The key in the token is another one.");
  return makeKeyHandle(chosen, { key: key.asKeyObject, format: "pkcs8", original: null }, attributes);
}

/** Removes the key of a version from the token; nothing waits for it. @returns whether there was one */
export async function forgetTokenKey(token: Token, domain: string, id: KeyAttributes["id"]): Promise<boolean> {
  const { id: bytes, label } = nameOf(id, domain, CKO.secretKey);
  return (await token.call("destroy", { id: bytes, label })) > 0;
}

function requireKept({ extractable }: KeyAttributes): void {
  if (extractable) throw new CryptoError("E_CRYPTO_INPUT", "A key in a token is never extractable.");
}

/** What a key must be allowed in the token for its usages; the handle permits no more than them. */
function tokenUsages(usages: readonly KeyUsage[]): TokenUsages {
  const any = (...words: readonly KeyUsage[]) => words.some((word) => usages.includes(word));
  return {
    encrypt: any("encrypt", "wrap", "derive"),
    decrypt: any("decrypt", "unwrap"),
    wrap: any("wrap"),
    unwrap: any("unwrap"),
    sign: any("sign", "mac", "verifymac"),
    derive: any("derive", "agree"),
  };
}

/** What the key encrypts comes back, where it may do both. */
function provesSecret(handle: KeyHandle): boolean {
  const may = (usage: KeyUsage) => handle.keyUsages.includes(usage);
  const { material, algorithm } = insideOf(handle);
  const { aead } = algorithm ?? {};
  const { token } = material.key as unknown as TokenKey;
  if (aead === undefined || !may("encrypt") || !may("decrypt") || !token.has(CKM.aesGcm)) return true;
  const probe = Buffer.alloc(32, 0x5a);
  const iv = Buffer.alloc(12, 0xa5);
  const { ciphertext, tag } = aead.seal(material.key, iv, [], probe);
  return !ciphertext.equals(probe) && aead.open(material.key, { iv, ciphertext, tag }, []).equals(probe);
}

/** The zero block enciphered, where the token does not tell the check value itself. */
function enciphered(token: Token, key: ObjectName): Uint8Array | null {
  if (!token.has(CKM.aesEcb)) return null;
  const mechanism = { kind: "plain", mechanism: CKM.aesEcb } as const;
  try {
    return token.callSync("encrypt", { key, mechanism, data: Buffer.alloc(16) }).subarray(0, 3);
  } catch (cause) {
    if (cause instanceof HsmError && (cause.code === "E_HSM_GONE" || cause.code === "E_HSM_BUSY")) throw cause;
    return null; // the key may not encrypt
  }
}

function checkHex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("hex").toUpperCase();
}

function publicKeyOf(numbers: PublicNumbers, algorithm: string): KeyObject {
  try {
    return createPublicKey({ key: jwkOf(numbers, algorithm), format: "jwk" });
  } catch {
    throw new HsmError("E_HSM_FAULT", "The public key that the token gave is none.");
  }
}

const CURVE_NAMES: Readonly<Record<string, string>> = { "EC-P256": "P-256", "EC-P384": "P-384", "EC-P521": "P-521" };

function jwkOf(numbers: PublicNumbers, algorithm: string): Record<string, string> {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  if ("modulus" in numbers) return { kty: "RSA", n: text(numbers.modulus), e: text(numbers.exponent) };
  const { point } = numbers;
  if (algorithm === "Ed25519") return { kty: "OKP", crv: "Ed25519", x: text(point) };
  const size = (point.byteLength - 1) / 2;
  const crv = CURVE_NAMES[algorithm] ?? "";
  return { kty: "EC", crv, x: text(point.subarray(1, 1 + size)), y: text(point.subarray(1 + size)) };
}

function readSpki(spki: string | null): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki ?? "", "base64url"), format: "der", type: "spki" });
  } catch {
    throw new HsmError("E_HSM_KEY");
  }
}
