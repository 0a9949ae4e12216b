import "reflect-metadata";
import { type AttributeName, ENUM } from "@holdfast/kmip";
import { type Name, SubjectAlternativeNameExtension, X509Certificate } from "@peculiar/x509";
import type { AttributeBag } from "../../../keystore/records.ts";
import { refuse } from "../refused.ts";
import { withInstances } from "./bag.ts";
import { ALGORITHM_SAID, LENGTH_SAID } from "./key-algorithms.ts";

const D = ENUM.DigitalSignatureAlgorithm;
const A = ENUM.CryptographicAlgorithm;

/** Which attributes of 2.x hold each part of a distinguished name, by its short name or object identifier. */
const PARTS: Readonly<Record<string, string>> = {
  CN: "CN",
  O: "O",
  OU: "OU",
  E: "Email",
  "1.2.840.113549.1.9.1": "Email",
  C: "C",
  ST: "ST",
  L: "L",
  UID: "UID",
  "0.9.2342.19200300.100.1.1": "UID",
  "2.5.4.5": "SerialNumber",
  T: "Title",
  "2.5.4.12": "Title",
  DC: "DC",
  "2.5.4.46": "DNQualifier",
};

/** What a certificate says of itself, as attributes, and the form in which it is kept. */
export function certificateBag(
  certificateType: number,
  bytes: Uint8Array,
): { readonly bag: AttributeBag; readonly format: "x509" | "pgp" } {
  const common = { CertificateType: [certificateType], CertificateLength: [bytes.byteLength] };
  if (certificateType === ENUM.CertificateType.PGP) return { bag: bagWith({}, common), format: "pgp" };
  if (certificateType !== ENUM.CertificateType.X_509) refuse("InvalidField", "There is no such Certificate Type.");
  const read = parse(bytes);
  const signed = signatureAlgorithm(read);
  const key = keyOf(read);
  const bag = bagWith(key === null ? {} : { [ALGORITHM_SAID]: key.algorithm, ...key.length }, {
    ...common,
    ...(signed === null ? {} : { DigitalSignatureAlgorithm: [signed] }),
    ...namesOf(read),
    ...partsOf("Subject", read.subjectName),
    ...partsOf("Issuer", read.issuerName),
  });
  return { bag, format: "x509" };
}

function parse(bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes.slice());
  } catch {
    return refuse("InvalidField", "The certificate cannot be read.");
  }
}

/** Names of issuer and subject, in the forms of 1.0 and of 1.1 on. */
function namesOf(read: X509Certificate): Partial<Record<AttributeName, readonly unknown[]>> {
  const issuer = Buffer.from(read.issuerName.toArrayBuffer());
  const subject = Buffer.from(read.subjectName.toArrayBuffer());
  const alternative = read.getExtension(SubjectAlternativeNameExtension);
  const serial = Buffer.from(read.serialNumber, "hex");
  return {
    X_509CertificateIdentifier: [{ issuerDistinguishedName: issuer, certificateSerialNumber: serial }],
    X_509CertificateSubject: [
      {
        subjectDistinguishedName: subject,
        ...(alternative === null ? {} : { subjectAlternativeName: [Buffer.from(alternative.value)] }),
      },
    ],
    X_509CertificateIssuer: [{ issuerDistinguishedName: issuer }],
    CertificateIdentifier: [{ issuer: read.issuer, serialNumber: read.serialNumber }],
    CertificateSubject: [{ certificateSubjectDistinguishedName: read.subject }],
    CertificateIssuer: [{ certificateIssuerDistinguishedName: read.issuer }],
  };
}

function partsOf(whose: "Subject" | "Issuer", name: Name): Partial<Record<AttributeName, readonly unknown[]>> {
  const parts: Partial<Record<AttributeName, string[]>> = {};
  for (const relative of name.toJSON()) {
    for (const [type, values] of Object.entries(relative)) {
      const part = PARTS[type];
      if (part === undefined) continue;
      const attribute = `Certificate${whose}${part}` as AttributeName;
      parts[attribute] = [...(parts[attribute] ?? []), ...values.filter((each) => typeof each === "string")];
    }
  }
  return parts;
}

const HASHED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "RSASSA-PKCS1-v1_5": {
    "SHA-1": D.SHA_1WithRSAEncryptionPKCS_1V1_5,
    "SHA-256": D.SHA_256WithRSAEncryptionPKCS_1V1_5,
    "SHA-384": D.SHA_384WithRSAEncryptionPKCS_1V1_5,
    "SHA-512": D.SHA_512WithRSAEncryptionPKCS_1V1_5,
  },
  ECDSA: {
    "SHA-1": D.ECDSAWithSHA_1,
    "SHA-256": D.ECDSAWithSHA256,
    "SHA-384": D.ECDSAWithSHA384,
    "SHA-512": D.ECDSAWithSHA512,
  },
};

function signatureAlgorithm({ signatureAlgorithm: { name, hash } }: X509Certificate): number | null {
  if (name === "RSA-PSS") return D.RSASSA_PSSPKCS_1V2_1;
  return HASHED[name]?.[(hash as { readonly name: string } | undefined)?.name ?? ""] ?? null;
}

function keyOf({ publicKey }: X509Certificate): { readonly algorithm: number; readonly length: object } | null {
  const { algorithm } = publicKey;
  const { modulusLength, namedCurve } = algorithm as { readonly modulusLength?: number; readonly namedCurve?: string };
  if (algorithm.name.startsWith("RSA")) return { algorithm: A.RSA, length: lengthOf(modulusLength) };
  if (algorithm.name === "ECDSA" || algorithm.name === "ECDH")
    return { algorithm: A.EC, length: lengthOf(Number(/\d+$/.exec(namedCurve ?? "")?.[0] ?? Number.NaN)) };
  return null;
}

function lengthOf(bits: number | undefined): object {
  return bits === undefined || Number.isNaN(bits) ? {} : { [LENGTH_SAID]: bits };
}

function bagWith(before: AttributeBag, attributes: Partial<Record<AttributeName, readonly unknown[]>>): AttributeBag {
  return Object.entries(attributes).reduce(
    (bag, [name, values = []]) =>
      withInstances(
        bag,
        { name: name as AttributeName },
        values.map((value, index) => ({ index, value })),
      ),
    before,
  );
}
