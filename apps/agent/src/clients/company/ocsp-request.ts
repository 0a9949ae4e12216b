import { createHash, type X509Certificate } from "node:crypto";
import { element, NULL, octets, oid, sequence } from "../der.ts";
import { type Issuer, keyBitsOf, serialOf } from "./issuers.ts";

const SHA1 = oid("1.3.14.3.2.26");
const NONCE = oid("1.3.6.1.5.5.7.48.1.2");

/** How OCSP names a certificate. SHA-1 names an issuer here and proves nothing; every responder knows it. */
export function certificateId(certificate: X509Certificate, { subject, certificate: issuer }: Issuer): Buffer {
  const sha1 = (bytes: Buffer) => octets(createHash("sha1").update(bytes).digest());
  const serial = element(0x02, serialOf(certificate));
  return sequence(sequence(SHA1, NULL), sha1(subject), sha1(keyBitsOf(issuer)), serial);
}

/** A question about one certificate. @see RFC 6960 section 4.1, RFC 9654 */
export function encodeOcspRequest(id: Buffer, nonce: Buffer): Buffer {
  const extensions = element(0xa2, sequence(sequence(NONCE, octets(octets(nonce)))));
  return sequence(sequence(sequence(sequence(id)), extensions));
}
