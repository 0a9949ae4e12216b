import { type KeyObject, X509Certificate } from "node:crypto";
import { DerReader, INTEGER, SEQUENCE } from "./der-reader.ts";
import { CompanyError } from "./errors.ts";

/** One of a company's authorities that may issue clients' certificates. */
export interface Issuer {
  readonly certificate: X509Certificate;
  /** Its name, DER. */
  readonly subject: Buffer;
  readonly key: KeyObject;
  /** Unix seconds. */
  readonly notAfter: number;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const MOST = 64;
const VERSION = 0xa0;

/**
 * Reads the authorities that are trusted for clients: root and issuing ones, all of them in one file.
 *
 * @throws {@link CompanyError} `E_CLIENT_CA` for a file with anything but authorities, or without a root
 */
export function readIssuers(pem: string): readonly Issuer[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length > MOST) throw refused("The file holds no certificates of authorities.");
  const issuers = blocks.map(readIssuer);
  if (!issuers.some(({ certificate }) => certificate.checkIssued(certificate)))
    throw refused("No certificate of the file is a root.");
  return issuers;
}

function readIssuer(pem: string): Issuer {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw refused("A certificate of the file cannot be read.");
  }
  if (!certificate.ca) throw refused("A certificate of the file is not an authority's.");
  const { publicKey: key, validToDate } = certificate;
  return { certificate, key, subject: subjectOf(certificate), notAfter: Math.floor(validToDate.getTime() / 1000) };
}

/** Which of them issued a certificate, by its signature; null for none. */
export function issuerOf(certificate: X509Certificate, issuers: readonly Issuer[]): Issuer | null {
  return issuers.find((one) => certificate.checkIssued(one.certificate) && certificate.verify(one.key)) ?? null;
}

/** A certificate's subject as it stands in it. */
function subjectOf({ raw }: X509Certificate): Buffer {
  const fields = tbsOf(raw);
  fields.next(); // the issuer
  fields.next(); // its validity
  return fields.take(SEQUENCE).whole;
}

/** The fields of a certificate from its issuer's name on. */
function tbsOf(raw: Buffer): DerReader {
  const fields = DerReader.only(raw, SEQUENCE).into(SEQUENCE);
  fields.find(VERSION);
  fields.take(INTEGER);
  fields.take(SEQUENCE);
  return fields;
}

/** A certificate's serial number as it stands in it. */
export function serialOf({ raw }: X509Certificate): Buffer {
  const fields = DerReader.only(raw, SEQUENCE).into(SEQUENCE);
  fields.find(VERSION);
  return fields.take(INTEGER).content;
}

/** What stands in a certificate's public key after its algorithm: what OCSP names an issuer by. */
export function keyBitsOf({ raw }: X509Certificate): Buffer {
  const fields = tbsOf(raw);
  for (let n = 0; n < 3; n += 1) fields.next();
  const key = fields.into(SEQUENCE);
  key.take(SEQUENCE);
  return key.next().content.subarray(1);
}

function refused(message: string): CompanyError {
  return new CompanyError("E_CLIENT_CA", message);
}
