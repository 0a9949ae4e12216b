import { encodeBase64url } from "../encoding/base64url.ts";
import { concatBytes } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { CoseKey } from "./cose-key.ts";

/** How an ECDSA signature is written: `raw` is r‖s, `der` is what authenticators give. Other kinds have one form. */
export type SignatureForm = "raw" | "der";

/**
 * Whether a signature is the key's over the bytes, by the platform's WebCrypto.
 *
 * Bytes that are no signature, and keys that are no point of their curve, simply do not fit.
 */
export async function verifySignature(
  key: CoseKey,
  signature: Uint8Array,
  bytes: Uint8Array,
  form: SignatureForm,
): Promise<boolean> {
  const raw = key.alg === "ES256" && form === "der" ? findRawEcdsa(signature) : signature;
  if (raw === null || !hasSignatureLength(key, raw)) return false;
  try {
    const imported = await imports.of(key);
    return await crypto.subtle.verify(VERIFY[key.alg], imported, new Uint8Array(raw), new Uint8Array(bytes));
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** Most public keys that stay imported: more than a roster's, few enough that strangers' keys fill no memory. */
const MOST_IMPORTED = 512;

/** Public keys as WebCrypto takes them, the newest few: a roster's few people sign again and again. */
class ImportedKeys {
  readonly #keys = new Map<string, Promise<VerifyingKey>>();

  of(key: CoseKey): Promise<VerifyingKey> {
    const jwk = jwkOf(key);
    const name = `${key.alg} ${jwk.x ?? jwk.n} ${jwk.y ?? jwk.e}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const imported = crypto.subtle.importKey("jwk", jwk, IMPORT[key.alg], false, ["verify"]);
    if (this.#keys.size >= MOST_IMPORTED)
      for (const oldest of [...this.#keys.keys()].slice(0, 1)) this.#keys.delete(oldest);
    this.#keys.set(name, imported);
    imported.catch(() => this.#keys.delete(name));
    return imported;
  }
}

const imports = new ImportedKeys();

/** A key that WebCrypto verifies with; named so that browser and Node typings agree on it. */
export type VerifyingKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/**
 * Imports a key for verification with WebCrypto.
 *
 * @throws {@link ProtocolError} `E_CANON` for numbers that are no key, such as a point beside its curve
 */
export async function importVerifyingKey(key: CoseKey): Promise<VerifyingKey> {
  try {
    return await crypto.subtle.importKey("jwk", jwkOf(key), IMPORT[key.alg], true, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException) throw new ProtocolError("E_CANON", "The bytes are no public key.");
    throw error;
  }
}

const IMPORT = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;

const VERIFY = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
  RS256: { name: "RSASSA-PKCS1-v1_5" },
} as const;

/** The members of a JSON Web Key that public keys have here. */
interface PublicJwk {
  kty: string;
  crv?: string;
  x?: string;
  y?: string;
  n?: string;
  e?: string;
}

function jwkOf(key: CoseKey): PublicJwk {
  switch (key.alg) {
    case "ES256":
      return { kty: "EC", crv: "P-256", x: encodeBase64url(key.x), y: encodeBase64url(key.y) };
    case "EdDSA":
      return { kty: "OKP", crv: "Ed25519", x: encodeBase64url(key.x) };
    case "RS256":
      return { kty: "RSA", n: encodeBase64url(key.n), e: encodeBase64url(key.e) };
  }
}

function hasSignatureLength(key: CoseKey, signature: Uint8Array): boolean {
  return signature.length === (key.alg === "RS256" ? key.n.length : 64);
}

/** r‖s of a strict DER ECDSA-Sig-Value for P-256; null for any other bytes. */
export function findRawEcdsa(der: Uint8Array): Uint8Array | null {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = findInteger(der, 2);
  const s = r && findInteger(der, r.end);
  return s && s.end === der.length ? concatBytes(r.bytes, s.bytes) : null;
}

function findInteger(der: Uint8Array, from: number): { readonly bytes: Uint8Array; readonly end: number } | null {
  const length = der[from + 1] ?? 0;
  const end = from + 2 + length;
  if (der[from] !== 2 || length < 1 || end > der.length) return null;
  const value = der.subarray(from + 2, end);
  const first = value[0] ?? 0;
  // Positive and shortest: a leading zero only where the next bit would make it negative.
  if (first >= 0x80 || (first === 0 && (length === 1 || (value[1] ?? 0) < 0x80))) return null;
  const magnitude = first === 0 ? value.subarray(1) : value;
  if (magnitude.length > 32) return null;
  return { bytes: concatBytes(new Uint8Array(32 - magnitude.length), magnitude), end };
}
