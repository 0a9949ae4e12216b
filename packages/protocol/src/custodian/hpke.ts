import { encodeEc2CoseKey } from "../cose/cose-key.ts";
import { encodeBase64url } from "../encoding/base64url.ts";
import { concatBytes, utf8 } from "../encoding/bytes.ts";
import { hmacSha256 } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";

/** A ciphertext with its encapsulated key. */
export interface Sealed {
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
}

/** A private P-256 key with its public point. */
export interface RecipientKey {
  readonly privateKey: CryptoKey;
  /** Uncompressed, 65 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;
const POINT_BYTES = 65;
const SECRET_BYTES = 32;
/** DHKEM(P-256, HKDF-SHA256). */
const KEM = concatBytes(utf8("KEM"), Uint8Array.of(0, 0x10));
/** The same with HKDF-SHA256 and AES-256-GCM. */
const SUITE = concatBytes(utf8("HPKE"), Uint8Array.of(0, 0x10, 0, 1, 0, 2));
const EMPTY = new Uint8Array();
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** PKCS#8 of a P-256 private key without its public point (RFC 5915). */
const PKCS8_HEAD = Uint8Array.from([
  ...[0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3],
  ...[1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20],
]);

/**
 * Makes the key pair of 32 secret bytes: the same bytes always give the same keys.
 *
 * @see RFC 9180 section 7.1.3 (DeriveKeyPair)
 */
export async function deriveRecipientKey(seed: Uint8Array): Promise<RecipientKey> {
  const { pkcs8, publicKey } = await deriveScalar(seed);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, ECDH, false, ["deriveBits"]);
  pkcs8.fill(0);
  return { privateKey, publicKey };
}

async function deriveScalar(seed: Uint8Array): Promise<Scalar> {
  if (seed.length !== SECRET_BYTES) throw new ProtocolError("E_SCHEMA", "A custodian's seed has 32 bytes.");
  const root = labeledExtract(KEM, EMPTY, "dkp_prk", seed);
  for (let counter = 0; counter < 256; counter += 1) {
    const candidate = labeledExpand(KEM, root, "candidate", Uint8Array.of(counter), SECRET_BYTES);
    const value = candidate.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    if (value > 0n && value < ORDER) return importScalar(candidate);
  }
  throw new ProtocolError("E_SCHEMA", "The seed makes no key.");
}

/**
 * Signs with a P-256 key made of the same secret bytes under another name, so that neither key says anything of the other.
 *
 * @returns COSE_Key and signature (r ‖ s), base64url
 */
export async function signWithSeed(seed: Uint8Array, message: Uint8Array): Promise<{ cose: string; sig: string }> {
  const own = hmacSha256(seed, utf8("holdfast/custodian-ack/v1"));
  const { pkcs8, publicKey } = await deriveScalar(own);
  own.fill(0);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  pkcs8.fill(0);
  const sig = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message.slice());
  return { cose: encodeBase64url(encodeEc2CoseKey(publicKey)), sig: encodeBase64url(new Uint8Array(sig)) };
}

interface Scalar {
  readonly pkcs8: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

async function importScalar(scalar: Uint8Array): Promise<Scalar> {
  const pkcs8 = concatBytes(PKCS8_HEAD, scalar);
  scalar.fill(0);
  const extractable = await crypto.subtle.importKey("pkcs8", pkcs8, ECDH, true, ["deriveBits"]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", extractable);
  const jwk = { kty: "EC", crv: "P-256", x, y };
  const point = await crypto.subtle.importKey("jwk", jwk, ECDH, true, []);
  return { pkcs8, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", point)) };
}

/**
 * Encrypts one message to a P-256 point: base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, no aad.
 *
 * @throws {@link ProtocolError} `E_SCHEMA` for a point that is none
 * @see RFC 9180 section 6.1
 */
export async function seal(publicKey: Uint8Array, info: Uint8Array, plaintext: Uint8Array): Promise<Sealed> {
  const recipient = await importPoint(publicKey);
  const fresh = (await crypto.subtle.generateKey(ECDH, false, ["deriveBits"])) as CryptoKeyPair;
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", fresh.publicKey));
  const shared = await agree(fresh.privateKey, recipient, concatBytes(enc, publicKey));
  const { key, iv } = await schedule(shared, info, "encrypt");
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plaintext.slice());
  return { enc, ct: new Uint8Array(ct) };
}

/**
 * Opens what was sealed to this key with the same info. The caller wipes the result.
 *
 * @throws {@link ProtocolError} `E_SIG` for all that does not open, without saying why
 */
export async function open(
  recipient: RecipientKey,
  { enc, ct }: Sealed,
  info: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const point = await importPoint(enc);
    const shared = await agree(recipient.privateKey, point, concatBytes(enc, recipient.publicKey));
    const { key, iv } = await schedule(shared, info, "decrypt");
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, ct.slice()));
  } catch {
    throw new ProtocolError("E_SIG", "It does not open with this key.");
  }
}

async function importPoint(bytes: Uint8Array): Promise<CryptoKey> {
  if (bytes.length !== POINT_BYTES || bytes[0] !== 4) throw new ProtocolError("E_SCHEMA", "It is no point of P-256.");
  try {
    return await crypto.subtle.importKey("raw", bytes.slice(), ECDH, true, []);
  } catch {
    throw new ProtocolError("E_SCHEMA", "It is no point of P-256.");
  }
}

async function agree(own: CryptoKey, point: CryptoKey, context: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: point }, own, SECRET_BYTES * 8));
  const prk = labeledExtract(KEM, EMPTY, "eae_prk", dh);
  dh.fill(0);
  return labeledExpand(KEM, prk, "shared_secret", context, SECRET_BYTES);
}

async function schedule(
  shared: Uint8Array,
  info: Uint8Array,
  use: "encrypt" | "decrypt",
): Promise<{ key: CryptoKey; iv: Uint8Array<ArrayBuffer> }> {
  const pskIdHash = labeledExtract(SUITE, EMPTY, "psk_id_hash", EMPTY);
  const infoHash = labeledExtract(SUITE, EMPTY, "info_hash", info);
  const context = concatBytes(Uint8Array.of(0), pskIdHash, infoHash);
  const secret = labeledExtract(SUITE, shared, "secret", EMPTY);
  shared.fill(0);
  const raw = labeledExpand(SUITE, secret, "key", context, SECRET_BYTES);
  const iv = labeledExpand(SUITE, secret, "base_nonce", context, 12);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, [use]);
  raw.fill(0);
  return { key, iv };
}

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array<ArrayBuffer> {
  return hmacSha256(salt, concatBytes(utf8("HPKE-v1"), suite, utf8(label), ikm));
}

/** For at most 32 bytes: one block of the expansion. */
function labeledExpand(
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const labeled = concatBytes(Uint8Array.of(0, length), utf8("HPKE-v1"), suite, utf8(label), info);
  return hmacSha256(prk, concatBytes(labeled, Uint8Array.of(1))).slice(0, length);
}
