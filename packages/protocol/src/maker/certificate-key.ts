import { concatBytes } from "../encoding/bytes.ts";
import { type DerElement, membersOf, objectIdOf, readOne, TAG } from "./der.ts";

const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
const RSA_PUBLIC_KEY = "1.2.840.113549.1.1.1";
const CURVES = new Map([
  ["1.2.840.10045.3.1.7", { namedCurve: "P-256", bytes: 32 }],
  ["1.3.132.0.34", { namedCurve: "P-384", bytes: 48 }],
  ["1.3.132.0.35", { namedCurve: "P-521", bytes: 66 }],
]);
type HashName = "SHA-256" | "SHA-384" | "SHA-512";
type Scheme = { readonly kind: "ECDSA" | "RSA"; readonly hash: HashName };

const BY_OBJECT_ID = new Map<string, Scheme>([
  ["1.2.840.10045.4.3.2", { kind: "ECDSA", hash: "SHA-256" }],
  ["1.2.840.10045.4.3.3", { kind: "ECDSA", hash: "SHA-384" }],
  ["1.2.840.10045.4.3.4", { kind: "ECDSA", hash: "SHA-512" }],
  ["1.2.840.113549.1.1.11", { kind: "RSA", hash: "SHA-256" }],
  ["1.2.840.113549.1.1.12", { kind: "RSA", hash: "SHA-384" }],
  ["1.2.840.113549.1.1.13", { kind: "RSA", hash: "SHA-512" }],
]);

const BY_COSE_NUMBER = new Map<unknown, Scheme>([
  [-7, { kind: "ECDSA", hash: "SHA-256" }],
  [-35, { kind: "ECDSA", hash: "SHA-384" }],
  [-36, { kind: "ECDSA", hash: "SHA-512" }],
  [-257, { kind: "RSA", hash: "SHA-256" }],
  [-258, { kind: "RSA", hash: "SHA-384" }],
  [-259, { kind: "RSA", hash: "SHA-512" }],
]);

/** The scheme of a certificate's signature; undefined for what is not taken, SHA-1 above all. */
export const schemeOfObjectId = (id: string): Scheme | undefined => BY_OBJECT_ID.get(id);
/** The scheme that an attestation statement names; undefined for what is not taken. */
export const schemeOfCose = (number: unknown): Scheme | undefined => BY_COSE_NUMBER.get(number);

/**
 * Whether a signature is the certificate key's over the bytes. A key of another kind than the scheme's, or weaker than is
 * taken here, simply does not fit.
 *
 * @param spki - SubjectPublicKeyInfo of a certificate that was read.
 * @param form - How an ECDSA signature is written: DER, or r‖s of equal lengths.
 * @throws {@link ProtocolError} `E_CANON` for what is no SubjectPublicKeyInfo
 */
export async function fitsCertificateKey(
  spki: Uint8Array,
  { kind, hash }: Scheme,
  signature: Uint8Array,
  bytes: Uint8Array,
  form: "der" | "raw" = "der",
): Promise<boolean> {
  const [algorithm] = readOne(spki, TAG.sequence);
  const [name, parameter] = membersOf(algorithm, TAG.sequence);
  try {
    if (kind === "RSA") {
      if (objectIdOf(name) !== RSA_PUBLIC_KEY) return false;
      const rsa = { name: "RSASSA-PKCS1-v1_5", hash };
      const key = await crypto.subtle.importKey("spki", new Uint8Array(spki), rsa, true, ["verify"]);
      const { modulusLength } = key.algorithm as { readonly modulusLength?: number };
      if ((modulusLength ?? 0) < 2048 || (modulusLength ?? 0) > 8192) return false;
      return await crypto.subtle.verify(rsa, key, new Uint8Array(signature), new Uint8Array(bytes));
    }
    const curve = objectIdOf(name) === EC_PUBLIC_KEY ? CURVES.get(objectIdOf(parameter)) : undefined;
    const raw = curve && (form === "raw" ? padded(signature, curve.bytes) : findRawSignature(signature, curve.bytes));
    if (!curve || !raw) return false;
    const { namedCurve } = curve;
    const key = await crypto.subtle.importKey("spki", new Uint8Array(spki), { name: "ECDSA", namedCurve }, true, [
      "verify",
    ]);
    return await crypto.subtle.verify({ name: "ECDSA", hash }, key, raw, new Uint8Array(bytes));
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** r‖s of a strict DER ECDSA signature for a curve; null for any other bytes. */
function findRawSignature(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
  const [r, s, ...more] = readOne(der, TAG.sequence);
  const [first, second] = [numberOf(r, size), numberOf(s, size)];
  return first && second && more.length === 0 ? concatBytes(first, second) : null;
}

/** r‖s at the curve's size; null for halves that are longer. */
function padded(raw: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
  const half = raw.length / 2;
  if (!Number.isInteger(half) || half > size) return null;
  const zeroes = new Uint8Array(size - half);
  return concatBytes(zeroes, raw.subarray(0, half), zeroes, raw.subarray(half));
}

function numberOf(element: DerElement | undefined, size: number): Uint8Array | null {
  const { tag, content = new Uint8Array() } = element ?? {};
  const [first = 0, second = 0] = content;
  if (tag !== TAG.integer || content.length === 0 || first >= 0x80) return null;
  if (first === 0 && (content.length === 1 || second < 0x80)) return null;
  const digits = first === 0 ? content.subarray(1) : content;
  return digits.length > size ? null : concatBytes(new Uint8Array(size - digits.length), digits);
}
