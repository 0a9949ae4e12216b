import "reflect-metadata";
import { hash, webcrypto } from "node:crypto";
import { deriveSigningKey, HoldfastCrypto, type RootKey, randomBytes, type SigningHandle } from "@holdfast/crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** What a certificate of an object says. */
export interface ObjectCertificate {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly subject: JsonName;
  /** Other names of the subject. */
  readonly names?: SubjectAlternativeNameExtension | undefined;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A request for a certificate, whose signature proves possession of its key. */
export interface CertificateRequestFacts {
  readonly spki: Uint8Array;
  readonly subject: JsonName;
  readonly names?: SubjectAlternativeNameExtension | undefined;
}

const MAX_REQUEST_BYTES = 65_536;
const crypto = new HoldfastCrypto() as unknown as webcrypto.Crypto;

/**
 * Issues certificates for keys that clients keep here, under a key of its own.
 *
 * They are for the clients' own purposes: they say serverAuth and never clientAuth, no listener of the agent trusts their
 * issuer, and nothing here is enrolled from one of them. The key follows from the root key and signs nothing else.
 */
export class ObjectIssuer {
  readonly #key: SigningHandle;
  readonly #name: JsonName;

  constructor(root: RootKey, tid: string) {
    this.#key = deriveSigningKey(root, "certify");
    this.#name = [{ O: ["Holdfast"] }, { CN: [`Holdfast issuer of objects ${tid}`] }];
  }

  /** The public key, SubjectPublicKeyInfo, DER. */
  get spki(): Uint8Array {
    return this.#key.publicKey.spki;
  }

  /** Issues a certificate. @returns DER */
  async issue({ spki, subject, names, notBefore, notAfter }: ObjectCertificate): Promise<Buffer> {
    const extensions: Extension[] = [
      new SubjectKeyIdentifierExtension(keyIdentifier(spki)),
      new AuthorityKeyIdentifierExtension(keyIdentifier(this.spki)),
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      ...(names === undefined ? [] : [names]),
    ];
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: newSerial(),
        issuer: this.#name,
        subject,
        notBefore: new Date(notBefore * 1000),
        notAfter: new Date(notAfter * 1000),
        publicKey: Buffer.from(spki),
        signingKey: this.#key,
        signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
        extensions,
      },
      crypto as unknown as Crypto,
    );
    return Buffer.from(certificate.rawData);
  }
}

/**
 * What a PKCS #10 request asks for; null for bytes that are none or whose signature does not verify.
 *
 * @param request - DER, or PEM as bytes. @see RFC 2986
 */
export async function readCertificateRequest(request: Uint8Array): Promise<CertificateRequestFacts | null> {
  if (request.byteLength > MAX_REQUEST_BYTES) return null;
  try {
    const text = Buffer.from(request).toString("latin1");
    const read = new Pkcs10CertificateRequest(text.includes("-----BEGIN") ? text : Buffer.from(request));
    if (!(await read.verify(webcrypto as unknown as Crypto))) return null;
    const names = read.extensions.find((each) => each instanceof SubjectAlternativeNameExtension);
    return { spki: new Uint8Array(read.publicKey.rawData), subject: read.subjectName.toJSON(), names };
  } catch {
    return null;
  }
}

/** What a certificate says that a new one for the same key says again. May throw for what is no certificate. */
export function factsOfCertificate(der: Uint8Array): CertificateRequestFacts {
  const read = new X509Certificate(Buffer.from(der));
  const names = read.extensions.find((each) => each instanceof SubjectAlternativeNameExtension);
  return { spki: new Uint8Array(read.publicKey.rawData), subject: read.subjectName.toJSON(), names };
}

function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

/** The first 160 bits of SHA-256 over the key. @see RFC 7093 section 2, method 1 */
function keyIdentifier(spki: Uint8Array): string {
  return hash("sha256", spki, "hex").slice(0, 40);
}
