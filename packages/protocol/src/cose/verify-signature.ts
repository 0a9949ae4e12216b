import { ProtocolError } from "../errors.ts";
import { type Native, native } from "../platform/native.ts";
import type { CoseKey } from "./cose-key.ts";
import { findRawEcdsa, isEcdsaDer } from "./ecdsa-der.ts";
import { jwkOf } from "./jwk.ts";
import { verifyNatively } from "./verify-natively.ts";

/** How an ECDSA signature is written: `raw` is r‖s, `der` is what authenticators give. Other kinds have one form. */
export type SignatureForm = "raw" | "der";

/** A signature over bytes, and how it is written. */
export interface GivenSignature {
  readonly signature: Uint8Array;
  readonly bytes: Uint8Array;
  readonly form: SignatureForm;
}

/**
 * Whether a signature is the key's over the bytes: by Node's own verification where there is Node, else by WebCrypto.
 *
 * Bytes that are no signature, and keys that are no point of their curve, simply do not fit.
 */
export function verifySignature(
  key: CoseKey,
  signature: Uint8Array,
  bytes: Uint8Array,
  form: SignatureForm,
): Promise<boolean> {
  return verifySignatureBy(native, key, { signature, bytes, form });
}

/** The same by the platform that is named: null for WebCrypto. */
export async function verifySignatureBy(
  node: Native | null,
  key: CoseKey,
  { signature, bytes, form }: GivenSignature,
): Promise<boolean> {
  const isDer = key.alg === "ES256" && form === "der";
  if (!(isDer ? isEcdsaDer(signature) : hasSignatureLength(key, signature))) return false;
  if (node !== null) return verifyNatively(node, key, { signature, bytes, form });
  const raw = isDer ? findRawEcdsa(signature) : signature;
  return raw !== null && verifyWithWebCrypto(key, raw, bytes);
}

/** @param raw - ECDSA as r‖s. */
async function verifyWithWebCrypto(key: CoseKey, raw: Uint8Array, bytes: Uint8Array): Promise<boolean> {
  try {
    const imported = await importOnce(key);
    return await crypto.subtle.verify(VERIFY[key.alg], imported, new Uint8Array(raw), new Uint8Array(bytes));
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

const imports = new WeakMap<CoseKey, Promise<VerifyingKey>>();

function importOnce(key: CoseKey): Promise<VerifyingKey> {
  const known = imports.get(key);
  if (known !== undefined) return known;
  const imported = crypto.subtle.importKey("jwk", jwkOf(key), IMPORT[key.alg], false, ["verify"]);
  imports.set(key, imported);
  return imported;
}

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

function hasSignatureLength(key: CoseKey, signature: Uint8Array): boolean {
  return signature.length === (key.alg === "RS256" ? key.n.length : 64);
}
