import { ReportError } from "../errors.ts";
import { type DerElement, derObjectId, readDer, readElement, readMembers, TAG } from "./der.ts";

/** The parts of an X.509 certificate that a report's signature needs. */
export type Certificate = {
  readonly der: Uint8Array;
  /** What the issuer signed. */
  readonly tbs: Uint8Array;
  /** Issuer and serial number, as encoded: what a CMS names a signer by. */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly subject: Uint8Array;
  /** Public key as SubjectPublicKeyInfo; always P-256 here. */
  readonly spki: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether its basic constraints say that it issues certificates. */
  readonly isAuthority: boolean;
  /** The issuer's ECDSA signature, DER. */
  readonly signature: Uint8Array;
};

const BASIC_CONSTRAINTS = derObjectId("2.5.29.19");
const ECDSA_SHA256 = derObjectId("1.2.840.10045.4.3.2");
const P256_ALGORITHM = [derObjectId("1.2.840.10045.2.1"), derObjectId("1.2.840.10045.3.1.7")];

/**
 * Parses a report certificate: one X.509 v3 certificate with a P-256 key, nothing after it.
 *
 * Trusts: nothing. Its issuer's signature is checked by {@link verifyCertificates}.
 *
 * @throws {@link ReportError} `V_MALFORMED`
 */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const [certificate, ...more] = readDer(bytes);
  if (!certificate || more.length > 0) throw new ReportError("V_MALFORMED", "not one certificate");
  const [tbs, algorithm, signature, ...rest] = readMembers(certificate, TAG.sequence);
  const [version, serial, inner, issuer, validity, subject, key, ...extensions] = readMembers(tbs, TAG.sequence);
  if (
    version?.tag !== TAG.context0 ||
    serial?.tag !== TAG.integer ||
    issuer?.tag !== TAG.sequence ||
    subject?.tag !== TAG.sequence ||
    rest.length > 0
  ) {
    throw new ReportError("V_MALFORMED", "not an X.509 v3 certificate");
  }
  for (const named of [inner, algorithm]) assertAlgorithm(named);
  const [notBefore, notAfter] = readMembers(validity, TAG.sequence).map(readTime);
  if (notBefore === undefined || notAfter === undefined) throw new ReportError("V_MALFORMED", "no validity");
  assertP256(key);
  return {
    der: bytes,
    tbs: tbs?.whole ?? bytes,
    issuer: issuer.whole,
    serial: serial.whole,
    subject: subject.whole,
    spki: key.whole,
    notBefore,
    notAfter,
    isAuthority: readIsAuthority(extensions),
    signature: bitsOf(signature),
  };
}

function assertAlgorithm(algorithm: DerElement | undefined): void {
  const [name, ...parameters] = readMembers(algorithm, TAG.sequence);
  if (!name || parameters.length > 0 || !sameBytes(name.whole, ECDSA_SHA256))
    throw new ReportError("V_MALFORMED", "not signed with ECDSA and SHA-256");
}

/** Content of a bit string of whole bytes. */
function bitsOf(element: DerElement | undefined): Uint8Array {
  if (element?.tag !== TAG.bitString || element.content[0] !== 0)
    throw new ReportError("V_MALFORMED", "not a signature");
  return element.content.subarray(1);
}

function readIsAuthority(parts: readonly DerElement[]): boolean {
  const wrapped = parts.find(({ tag }) => tag === TAG.context3);
  const [list] = wrapped ? readMembers(wrapped, TAG.context3) : [];
  for (const extension of list ? readMembers(list, TAG.sequence) : []) {
    const [name, ...value] = readMembers(extension, TAG.sequence);
    if (!name || !sameBytes(name.whole, BASIC_CONSTRAINTS)) continue;
    const constraints = readMembers(readElement(value.at(-1)?.content ?? new Uint8Array(0)), TAG.sequence);
    return constraints[0]?.tag === TAG.boolean && constraints[0].content[0] === 0xff;
  }
  return false;
}

function assertP256(key: DerElement | undefined): asserts key is DerElement {
  const [algorithm, point] = readMembers(key, TAG.sequence);
  const names = readMembers(algorithm, TAG.sequence).map((each) => each.whole);
  const isP256 = names.length === 2 && names.every((name, at) => sameBytes(name, P256_ALGORITHM[at]));
  if (!isP256 || point?.tag !== TAG.bitString) throw new ReportError("V_MALFORMED", "not a P-256 certificate");
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return a.length === b?.length && a.every((byte, at) => byte === b[at]);
}

function readTime({ tag, content }: DerElement): number {
  const text = new TextDecoder().decode(content);
  const [, year = "", rest = ""] = (tag === TAG.utcTime ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
  const [month, day, hour, minute, second] = (rest.match(/../g) ?? []).map(Number);
  if (month === undefined || day === undefined) throw new ReportError("V_MALFORMED", "not a certificate's time");
  const fullYear = tag === TAG.utcTime ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
  return Math.floor(Date.UTC(fullYear, month - 1, day, hour, minute, second) / 1000);
}

/** Converts a P-256 signature from r‖s, as WebCrypto makes it, to the DER form of certificates and CMS. */
export function encodeEcdsaSignature(raw: Uint8Array): Uint8Array {
  if (raw.length !== 64) throw new ReportError("V_MALFORMED", "a P-256 signature has 64 bytes");
  const numbers = [raw.subarray(0, 32), raw.subarray(32)].map(unsignedInteger);
  const body = numbers.flatMap((number) => [TAG.integer, number.length, ...number]);
  return Uint8Array.from([TAG.sequence, body.length, ...body]);
}

function unsignedInteger(bytes: Uint8Array): number[] {
  const significant = [
    ...bytes.subarray(
      Math.max(
        0,
        bytes.findIndex((byte) => byte !== 0),
      ),
    ),
  ];
  return (significant[0] ?? 0) >= 0x80 ? [0, ...significant] : significant;
}

/**
 * Converts a P-256 signature from DER to r‖s, refusing every encoding but the one {@link encodeEcdsaSignature} makes.
 *
 * @throws {@link ReportError} `V_MALFORMED`
 */
export function decodeEcdsaSignature(encoded: Uint8Array): Uint8Array {
  const numbers = readMembers(readElement(encoded), TAG.sequence);
  const raw = new Uint8Array(64);
  for (const [at, number] of numbers.entries()) {
    const digits = number.content.subarray(number.content[0] === 0 ? 1 : 0);
    if (at > 1 || digits.length > 32) throw new ReportError("V_MALFORMED", "not a P-256 signature");
    raw.set(digits, at * 32 + 32 - digits.length);
  }
  if (!sameBytes(encoded, encodeEcdsaSignature(raw))) throw new ReportError("V_MALFORMED", "not a P-256 signature");
  return raw;
}
