import { hash, type X509Certificate } from "node:crypto";

/** A client's identity: unpadded base64url of SHA-256 over its SubjectPublicKeyInfo. */
export function spkiHash(spki: Uint8Array): string {
  return hash("sha256", spki, "base64url");
}

/** The identity that a certificate proves possession of. */
export function identityOfCertificate(certificate: X509Certificate): string {
  return spkiHash(certificate.publicKey.export({ type: "spki", format: "der" }));
}
