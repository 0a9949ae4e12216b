import "reflect-metadata";
import { createHash, type webcrypto } from "node:crypto";
import { HoldfastCrypto, randomBytes, type SigningHandle } from "@holdfast/crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** What a certificate is for; nothing else is issued. */
type CertificateProfile = "authority" | "client" | "server" | "report";

/** What a certificate says. */
export interface CertificateRequest {
  readonly profile: CertificateProfile;
  /** Common name of the subject: display only, nothing decides by it. */
  readonly commonName: string;
  readonly tid: string;
  /** Which of the domain's authorities issues it; the first without it. */
  readonly generation?: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** Hexadecimal; a random one of 127 bits without it. */
  readonly serial?: string;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly names?: JsonGeneralNames;
}

const crypto = new HoldfastCrypto() as unknown as webcrypto.Crypto;

/** Name of a domain's authority, as issuer and subject. */
const authorityName = (tid: string, generation: number): JsonName => [
  { O: ["Holdfast"] },
  { CN: [`Holdfast CA ${tid}${generation === 1 ? "" : ` ${generation}`}`] },
];
const nameOf = (commonName: string): JsonName => [{ O: ["Holdfast"] }, { CN: [commonName] }];

/**
 * Issues a certificate: the authority's key signs through its handle and is never exported.
 *
 * @returns The certificate, DER.
 * @see RFC 5280 section 4
 */
export async function issueCertificate(ca: SigningHandle, request: CertificateRequest): Promise<Uint8Array> {
  const { profile, commonName, tid, generation = 1, spki, serial, notBefore, notAfter } = request;
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial ?? newSerial(),
      issuer: authorityName(tid, generation),
      subject: profile === "authority" ? authorityName(tid, generation) : nameOf(commonName),
      notBefore: new Date(notBefore * 1000),
      notAfter: new Date(notAfter * 1000),
      publicKey: Buffer.from(spki),
      signingKey: ca,
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      extensions: extensionsOf(ca, request),
    },
    crypto as unknown as Crypto,
  );
  return new Uint8Array(certificate.rawData);
}

/** A positive serial number of 16 bytes. @see RFC 5280 section 4.1.2.2 */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

function extensionsOf(ca: SigningHandle, { profile, spki, names }: CertificateRequest): Extension[] {
  const extensions: Extension[] = [
    new SubjectKeyIdentifierExtension(keyIdentifier(spki)),
    new AuthorityKeyIdentifierExtension(keyIdentifier(ca.publicKey.spki)),
  ];
  if (profile === "authority") {
    extensions.push(new BasicConstraintsExtension(true, 0, true));
    extensions.push(new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true));
    return extensions;
  }
  extensions.push(new BasicConstraintsExtension(false, undefined, true));
  extensions.push(new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true));
  if (profile === "client") extensions.push(new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]));
  if (profile === "server") extensions.push(new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]));
  if (names && names.length > 0) extensions.push(new SubjectAlternativeNameExtension(names));
  return extensions;
}

/** The first 160 bits of SHA-256 over the key. @see RFC 7093 section 2, method 1 */
function keyIdentifier(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("hex").slice(0, 40);
}
