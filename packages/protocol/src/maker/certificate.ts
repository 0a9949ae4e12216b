import { equalBytes } from "../encoding/bytes.ts";
import { bitsOf, contentOf, type DerElement, membersOf, notDer, objectIdOf, readOne, TAG } from "./der.ts";

/** An extension of a certificate. */
export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** The parts of an X.509 certificate that an attestation is judged by. */
export interface Certificate {
  readonly der: Uint8Array;
  /** What the issuer signed. */
  readonly tbs: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Attributes of the subject by object identifier, as text; the last of several. */
  readonly names: ReadonlyMap<string, string>;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Object identifier of the issuer's signature. */
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

/** Largest certificate: what a roster has room for. */
export const MAX_CERTIFICATE_BYTES = 8192;

/** Object identifiers of extensions that this package understands. */
export const EXTENSION = {
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  policies: "2.5.29.32",
  /** The authenticator's model (FIDO Alliance). */
  aaguid: "1.3.6.1.4.1.45724.1.1.4",
} as const;

/**
 * Reads one X.509 certificate of version 3, nothing after it. Nothing is verified.
 *
 * @throws {@link ProtocolError} `E_CANON`
 * @see RFC 5280 section 4.1
 */
export function parseCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > MAX_CERTIFICATE_BYTES) throw notDer();
  const [tbs, algorithm, signature, ...rest] = readOne(bytes, TAG.sequence);
  const [version, serial, inner, issuer, validity, subject, key, ...more] = membersOf(tbs, TAG.sequence);
  if (rest.length > 0 || tbs === undefined || inner === undefined || algorithm === undefined) throw notDer();
  if (!equalBytes(contentOf(version, TAG.context0), Uint8Array.of(2, 1, 2))) throw notDer();
  contentOf(serial, TAG.integer);
  // What is said inside, where it is signed, and outside is one algorithm.
  if (!equalBytes(inner.whole, algorithm.whole)) throw notDer();
  const [notBefore, notAfter, ...times] = membersOf(validity, TAG.sequence).map(timeOf);
  if (notBefore === undefined || notAfter === undefined || times.length > 0) throw notDer();
  if (issuer?.tag !== TAG.sequence || subject?.tag !== TAG.sequence || key?.tag !== TAG.sequence) throw notDer();
  return {
    der: bytes,
    tbs: tbs.whole,
    issuer: issuer.whole,
    subject: subject.whole,
    names: namesOf(subject),
    spki: key.whole,
    notBefore,
    notAfter,
    extensions: extensionsOf(more),
    algorithm: objectIdOf(membersOf(algorithm, TAG.sequence)[0]),
    signature: bitsOf(signature),
  };
}

/** Whether it says that it issues certificates, and below how many others; null when it does not. */
export function authorityDepth(certificate: Certificate): number | null {
  const constraints = certificate.extensions.get(EXTENSION.basicConstraints);
  if (constraints === undefined) return null;
  const [isAuthority, depth, ...more] = readOne(constraints.value, TAG.sequence);
  if (isAuthority?.tag !== TAG.boolean || isAuthority.content[0] !== 0xff || more.length > 0) return null;
  if (depth === undefined) return Number.POSITIVE_INFINITY;
  const content = contentOf(depth, TAG.integer);
  return content.length === 1 && (content[0] ?? 0) < 0x80 ? (content[0] ?? 0) : null;
}

/** Whether it may sign certificates, as far as it says what its key is for. */
export function maySignCertificates(certificate: Certificate): boolean {
  const usage = certificate.extensions.get(EXTENSION.keyUsage);
  if (usage === undefined) return true;
  const [bits, ...more] = [...readBits(usage.value)];
  return more.length === 0 && bits !== undefined && (bits & 0x04) !== 0;
}

function readBits(value: Uint8Array): Uint8Array {
  const unused = value[2] ?? 8;
  if (value[0] !== TAG.bitString || value[1] !== value.length - 2 || value.length < 4 || unused > 7) throw notDer();
  return value.subarray(3, 4);
}

function namesOf(subject: DerElement): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const set of membersOf(subject, TAG.sequence)) {
    for (const attribute of membersOf(set, TAG.set)) {
      const [name, value] = membersOf(attribute, TAG.sequence);
      names.set(objectIdOf(name), new TextDecoder().decode(value?.content ?? new Uint8Array()));
    }
  }
  return names;
}

function extensionsOf(parts: readonly DerElement[]): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const wrapped = parts.find(({ tag }) => tag === TAG.context3);
  if (wrapped === undefined) return extensions;
  for (const each of membersOf(readOne(wrapped.whole, TAG.context3)[0], TAG.sequence)) {
    const [name, ...value] = membersOf(each, TAG.sequence);
    const id = objectIdOf(name);
    const critical = value.length === 2 && contentOf(value[0], TAG.boolean)[0] === 0xff;
    if (value.length < 1 || value.length > 2 || extensions.has(id)) throw notDer();
    extensions.set(id, { critical, value: contentOf(value.at(-1), TAG.octetString) });
  }
  return extensions;
}

function timeOf({ tag, content }: DerElement): number {
  const text = new TextDecoder().decode(content);
  const form = tag === TAG.utcTime ? /^(\d{2})(\d{10})Z$/ : tag === TAG.generalizedTime ? /^(\d{4})(\d{10})Z$/ : null;
  const [, years, rest] = form?.exec(text) ?? [];
  if (years === undefined || rest === undefined) throw notDer();
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = (rest.match(/../g) ?? []).map(Number);
  const year = tag === TAG.utcTime ? Number(years) + (Number(years) < 50 ? 2000 : 1900) : Number(years);
  return Math.floor(Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}
