import { sha256 } from "@noble/hashes/sha2.js";
import { ReportError } from "../errors.ts";
import { type Certificate, decodeEcdsaSignature, encodeEcdsaSignature, parseCertificate } from "./certificate.ts";
import { der, derObjectId, derSetOf, readElement, readMembers, TAG } from "./der.ts";

/** A P-256 key that signs reports, with its certificate and the certificate of the authority that issued it. */
export type ReportSigner = {
  readonly certificate: Uint8Array;
  readonly authority: Uint8Array;
  /** Signs SHA-256 of the message with the report key; r‖s, 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
};

const OID = {
  data: derObjectId("1.2.840.113549.1.7.1"),
  signedData: derObjectId("1.2.840.113549.1.7.2"),
  contentType: derObjectId("1.2.840.113549.1.9.3"),
  messageDigest: derObjectId("1.2.840.113549.1.9.4"),
  signingCertificate: derObjectId("1.2.840.113549.1.9.16.2.47"),
  sha256: derObjectId("2.16.840.1.101.3.4.2.1"),
  ecdsaWithSha256: derObjectId("1.2.840.10045.4.3.2"),
} as const;

const ONE = der(TAG.integer, Uint8Array.of(1));
const SHA256 = der(TAG.sequence, OID.sha256);

/** What the report key signs: content type, digest of the PDF, and the certificate it may be checked with. */
function signedAttributes(tag: number, digest: Uint8Array, certificate: Uint8Array): Uint8Array {
  const attribute = (oid: Uint8Array, value: Uint8Array) => der(TAG.sequence, oid, der(TAG.set, value));
  const certificateId = der(TAG.sequence, der(TAG.octetString, sha256(certificate)));
  return derSetOf(tag, [
    attribute(OID.contentType, OID.data),
    attribute(OID.messageDigest, der(TAG.octetString, digest)),
    attribute(OID.signingCertificate, der(TAG.sequence, der(TAG.sequence, certificateId))),
  ]);
}

type SignedDataParts = {
  readonly digest: Uint8Array;
  readonly certificate: Certificate;
  readonly authority: Uint8Array;
  readonly signature: Uint8Array;
};

function encodeSignedData({ digest, certificate, authority, signature }: SignedDataParts): Uint8Array {
  const signer = der(
    TAG.sequence,
    ONE,
    der(TAG.sequence, certificate.issuer, certificate.serial),
    SHA256,
    signedAttributes(TAG.context0, digest, certificate.der),
    der(TAG.sequence, OID.ecdsaWithSha256),
    der(TAG.octetString, encodeEcdsaSignature(signature)),
  );
  const signedData = der(
    TAG.sequence,
    ONE,
    der(TAG.set, SHA256),
    der(TAG.sequence, OID.data),
    derSetOf(TAG.context0, [certificate.der, authority]),
    der(TAG.set, signer),
  );
  return der(TAG.sequence, OID.signedData, der(TAG.context0, signedData));
}

/**
 * Signs a digest as a detached CMS (CAdES baseline B: signing-certificate-v2, no signing time, which a PDF states
 * in its own dictionary).
 *
 * @see RFC 5652 section 5; ETSI EN 319 122-1 section 6.3; ETSI EN 319 142-1 (PAdES) section 6.3
 */
export async function signCms(digest: Uint8Array, signer: ReportSigner): Promise<Uint8Array> {
  const certificate = parseCertificate(signer.certificate);
  const signature = await signer.sign(signedAttributes(TAG.set, digest, certificate.der));
  return encodeSignedData({ digest, certificate, authority: signer.authority, signature });
}

/** The certificates a CMS carries: the report key's, and its authority's. */
export type CmsCertificates = { readonly certificate: Uint8Array; readonly authority: Uint8Array };

/**
 * Verifies a detached CMS over a digest, made by the holder of `certificate`.
 *
 * Only the signature is taken out of the CMS; everything else is built again from what is known and compared byte by
 * byte, so nothing in it can be changed, added or left ambiguous.
 *
 * @throws {@link ReportError} `V_PDF_SIGNATURE`
 */
export async function verifyCms(
  { cms, digest }: { readonly cms: Uint8Array; readonly digest: Uint8Array },
  { certificate, authority }: CmsCertificates,
): Promise<void> {
  const parsed = parseCertificate(certificate);
  const signature = readSignature(cms);
  const rebuilt = encodeSignedData({ digest, certificate: parsed, authority, signature });
  if (rebuilt.length !== cms.length || rebuilt.some((byte, at) => byte !== cms[at])) {
    throw new ReportError(
      "V_PDF_SIGNATURE",
      "the PDF was changed, or signed with another certificate than the evidence names",
    );
  }
  const key = await importP256(parsed.spki);
  const message = new Uint8Array(signedAttributes(TAG.set, digest, certificate));
  if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, new Uint8Array(signature), message))) {
    throw new ReportError("V_PDF_SIGNATURE", "the report key's signature does not fit the PDF");
  }
}

function readSignature(cms: Uint8Array): Uint8Array {
  try {
    const [, wrapped] = readMembers(readElement(cms), TAG.sequence);
    const [signedData] = readMembers(wrapped, TAG.context0);
    const signers = readMembers(signedData, TAG.sequence).at(-1);
    const [signer] = readMembers(signers, TAG.set);
    const value = readMembers(signer, TAG.sequence).at(-1);
    return decodeEcdsaSignature(value?.content ?? new Uint8Array(0));
  } catch (error) {
    if (error instanceof ReportError)
      throw new ReportError("V_PDF_SIGNATURE", "the PDF's signature is not one of ours");
    throw error;
  }
}

/** Imports a P-256 key. @throws {@link ReportError} `V_MALFORMED` */
export async function importP256(spki: Uint8Array): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("spki", new Uint8Array(spki), { name: "ECDSA", namedCurve: "P-256" }, false, [
      "verify",
    ]);
  } catch {
    throw new ReportError("V_MALFORMED", "the report certificate holds no valid P-256 key");
  }
}
