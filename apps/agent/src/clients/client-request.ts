import "reflect-metadata";
import { createPublicKey, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";

const MAX_PEM = 16_384;
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/**
 * The public key of a client's request for a certificate, whose possession its signature proves.
 *
 * Nothing else of the request is looked at: names in it decide nothing.
 *
 * @returns SubjectPublicKeyInfo, DER; null for anything but a PKCS#10 request, in PEM, signed by a key that is taken (EC on
 *   a NIST curve, RSA of 2048 to 4096 bits, Ed25519)
 * @see RFC 2986
 */
export async function findRequestedKey(pem: string): Promise<Uint8Array | null> {
  if (pem.length > MAX_PEM) return null;
  try {
    const request = new Pkcs10CertificateRequest(pem);
    const spki = new Uint8Array(request.publicKey.rawData);
    if (!isTaken(spki) || !(await request.verify(webcrypto as unknown as Crypto))) return null;
    return spki;
  } catch {
    return null;
  }
}

function isTaken(spki: Uint8Array): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey({
    ...{ key: Buffer.from(spki), format: "der", type: "spki" },
  });
  if (type === "ec") return CURVES.includes(details?.namedCurve ?? "");
  if (type === "rsa") return (details?.modulusLength ?? 0) >= 2048 && (details?.modulusLength ?? 0) <= 4096;
  return type === "ed25519";
}
