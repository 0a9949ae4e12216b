import "reflect-metadata";
import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";

const MAX_PEM = 16_384;
const BLOCK = /^\s*-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----\s*$/;
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];
const LEAST_EXPONENT = 65_537n;

/**
 * The public key of a client's request for a certificate, whose possession its signature proves.
 *
 * Nothing else of the request is looked at: names in it decide nothing.
 *
 * @returns SubjectPublicKeyInfo, DER; null for anything but one PKCS#10 request, in PEM, signed by a key that is taken
 *   ({@link isClientKey}) with a hash of the SHA-2 family
 * @see RFC 2986
 */
export async function findRequestedKey(pem: string): Promise<Uint8Array | null> {
  const [, base64 = ""] = pem.length > MAX_PEM ? [] : (BLOCK.exec(pem) ?? []);
  const der = Buffer.from(base64, "base64");
  if (!isWhole(der)) return null;
  try {
    const request = new Pkcs10CertificateRequest(der);
    const spki = new Uint8Array(request.publicKey.rawData);
    if (!isClientKey(spki) || hasOldHash(request)) return null;
    return (await request.verify(webcrypto as unknown as Crypto)) ? spki : null;
  } catch {
    return null;
  }
}

/** Whether a client may have a key: EC on a NIST curve, RSA of 2048 to 4096 bits, Ed25519; in the one form that DER gives it. */
export function isClientKey(spki: Uint8Array): boolean {
  const key = readKey(spki);
  if (key === null || !key.export({ type: "spki", format: "der" }).equals(spki)) return false;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ec") return CURVES.includes(details?.namedCurve ?? "");
  const bits = details?.modulusLength ?? 0;
  if (type === "rsa") return bits >= 2048 && bits <= 4096 && (details?.publicExponent ?? 0n) >= LEAST_EXPONENT;
  return type === "ed25519";
}

function readKey(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    return null;
  }
}

/** Whether these bytes are one element of DER and nothing after it. */
function isWhole(der: Buffer): boolean {
  if (der.length < 4 || der[0] !== 0x30) return false;
  const first = der[1] ?? 0;
  if (first < 0x80) return der.length === 2 + first;
  const size = first & 0x7f;
  return size >= 1 && size <= 2 && der.length === 2 + size + der.readUIntBE(2, size);
}

function hasOldHash({ signatureAlgorithm }: Pkcs10CertificateRequest): boolean {
  const { hash } = signatureAlgorithm as { readonly hash?: unknown };
  const name = typeof hash === "string" ? hash : (hash as { readonly name?: string } | undefined)?.name;
  return name !== undefined && !/^SHA-(?:256|384|512)$/.test(name);
}
