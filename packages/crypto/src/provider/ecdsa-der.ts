import { bitLength, bytesOf, integerOf } from "../numbers/big-integer.ts";

/** Writes ECDSA-Sig-Value. @see RFC 3279 section 2.2.3 */
export function writeEcdsaDer(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([writeInteger(r), writeInteger(s)]);
  const head = body.byteLength < 0x80 ? Buffer.of(0x30, body.byteLength) : Buffer.of(0x30, 0x81, body.byteLength);
  return Buffer.concat([head, body]);
}

function writeInteger(value: bigint): Buffer {
  const content = bytesOf(value, Math.floor(bitLength(value) / 8) + 1); // the top bit stays free for the sign
  return Buffer.concat([Buffer.of(0x02, content.byteLength), content]);
}

/** Reads what {@link writeEcdsaDer} writes, and nothing else; null for every other encoding. */
export function readEcdsaDer(bytes: Uint8Array, scalarBytes: number): { r: bigint; s: bigint } | null {
  const long = bytes[1] === 0x81;
  const first = readInteger(bytes, long ? 3 : 2, scalarBytes);
  if (first === null) return null;
  const second = readInteger(bytes, first.end, scalarBytes);
  if (second === null) return null;
  const written = writeEcdsaDer(first.value, second.value);
  return written.equals(bytes) ? { r: first.value, s: second.value } : null;
}

function readInteger(bytes: Uint8Array, at: number, scalarBytes: number): { value: bigint; end: number } | null {
  const size = bytes[at + 1] ?? 0;
  const end = at + 2 + size;
  if (bytes[at] !== 0x02 || size < 1 || size > scalarBytes + 1 || end > bytes.byteLength) return null;
  return { value: integerOf(bytes.subarray(at + 2, end)), end };
}
