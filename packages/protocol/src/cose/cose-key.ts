import { concatBytes, equalBytes } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import { type CborValue, readCbor } from "./cbor.ts";

/** Signature algorithms of approval and agent keys, as documents name them. */
export type SignatureAlgorithm = "ES256" | "EdDSA" | "RS256";

/** A public key read from a COSE_Key. */
export type CoseKey =
  | { readonly alg: "ES256"; readonly x: Uint8Array; readonly y: Uint8Array }
  | { readonly alg: "EdDSA"; readonly x: Uint8Array }
  | { readonly alg: "RS256"; readonly n: Uint8Array; readonly e: Uint8Array };

const RSA_LEAST_BYTES = 256;
const RSA_MOST_BYTES = 512;

/** COSE_Key of an uncompressed P-256 point (65 bytes), algorithm ES256. @throws {@link ProtocolError} `E_SCHEMA` */
export function encodeEc2CoseKey(point: Uint8Array): Uint8Array<ArrayBuffer> {
  if (point.length !== 65 || point[0] !== 4) throw new ProtocolError("E_SCHEMA", "A P-256 point has 65 bytes.");
  return encodeKey({ alg: "ES256", x: point.subarray(1, 33), y: point.subarray(33) });
}

/** COSE_Key of an Ed25519 public key (32 bytes), algorithm EdDSA. @throws {@link ProtocolError} `E_SCHEMA` */
export function encodeOkpCoseKey(x: Uint8Array): Uint8Array<ArrayBuffer> {
  if (x.length !== 32) throw new ProtocolError("E_SCHEMA", "An Ed25519 key has 32 bytes.");
  return encodeKey({ alg: "EdDSA", x });
}

/** COSE_Key of an RSA public key, algorithm RS256. @throws {@link ProtocolError} `E_SCHEMA` */
export function encodeRsaCoseKey(n: Uint8Array, e: Uint8Array): Uint8Array<ArrayBuffer> {
  const key: CoseKey = { alg: "RS256", n, e };
  if (!isRsaKey(key)) throw new ProtocolError("E_SCHEMA", "An RSA key has 2048 to 4096 bits and an odd exponent.");
  return encodeKey(key);
}

/**
 * Reads a COSE_Key of exactly the form that the encoders above write.
 *
 * @throws {@link ProtocolError} `E_CANON`
 * @see RFC 9053 section 7, RFC 8230 section 4
 */
export function parseCoseKey(bytes: Uint8Array): CoseKey {
  const { key, end } = readCoseKey(bytes, 0);
  if (end !== bytes.length) throw notCose();
  return key;
}

/** Reads the COSE_Key that begins at an index. @throws {@link ProtocolError} `E_CANON` */
export function readCoseKey(bytes: Uint8Array, from: number): { readonly key: CoseKey; readonly end: number } {
  const { value, end } = readCbor(bytes, from);
  const key = findCoseKey(value);
  // Written anew and compared: no member more, no other order.
  if (key === null || !equalBytes(encodeKey(key), bytes.subarray(from, end))) throw notCose();
  return { key, end };
}

function findCoseKey(value: CborValue): CoseKey | null {
  if (!(value instanceof Map)) return null;
  const [kty, alg, one, two, three] = [1, 3, -1, -2, -3].map((name) => value.get(name));
  if (kty === 2 && alg === -7 && one === 1 && isBytes(two, 32) && isBytes(three, 32))
    return { alg: "ES256", x: two, y: three };
  if (kty === 1 && alg === -8 && one === 6 && isBytes(two, 32)) return { alg: "EdDSA", x: two };
  if (kty === 3 && alg === -257 && one instanceof Uint8Array && two instanceof Uint8Array) {
    const key = { alg: "RS256", n: one, e: two } as const;
    return isRsaKey(key) ? key : null;
  }
  return null;
}

function isRsaKey({ n, e }: { readonly n: Uint8Array; readonly e: Uint8Array }): boolean {
  const sized = n.length >= RSA_LEAST_BYTES && n.length <= RSA_MOST_BYTES && (n[0] ?? 0) >= 0x80;
  return (
    sized &&
    e.length >= 1 &&
    e.length <= 4 &&
    e[0] !== 0 &&
    ((e.at(-1) ?? 0) & 1) === 1 &&
    !(e.length === 1 && e[0] === 1)
  );
}

function encodeKey(key: CoseKey): Uint8Array<ArrayBuffer> {
  switch (key.alg) {
    case "ES256":
      return concatBytes(
        Uint8Array.of(0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21),
        byteString(key.x),
        Uint8Array.of(0x22),
        byteString(key.y),
      );
    case "EdDSA":
      return concatBytes(Uint8Array.of(0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21), byteString(key.x));
    case "RS256":
      return concatBytes(
        Uint8Array.of(0xa4, 1, 3, 3, 0x39, 1, 0, 0x20),
        byteString(key.n),
        Uint8Array.of(0x21),
        byteString(key.e),
      );
  }
}

function byteString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length < 24) return concatBytes(Uint8Array.of(0x40 | length), bytes);
  const head = length < 256 ? Uint8Array.of(0x58, length) : Uint8Array.of(0x59, length >> 8, length & 255);
  return concatBytes(head, bytes);
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function notCose(): ProtocolError {
  return new ProtocolError("E_CANON", "The bytes are not a COSE_Key of a known kind in its one form.");
}
