import { concatBytes } from "../encoding/bytes.ts";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const NUMBER_BYTES = 32;

/** Whether bytes are a P-256 signature as DER's one form of an ECDSA-Sig-Value. */
export function isEcdsaDer(der: Uint8Array): boolean {
  if (der.length < 8 || der.length > 72 || der[0] !== SEQUENCE || der[1] !== der.length - 2) return false;
  const middle = endOfInteger(der, 2);
  return middle > 0 && endOfInteger(der, middle) === der.length;
}

/** r‖s of such a signature; null for any other bytes. */
export function findRawEcdsa(der: Uint8Array): Uint8Array | null {
  if (!isEcdsaDer(der)) return null;
  const middle = endOfInteger(der, 2);
  const raw = new Uint8Array(2 * NUMBER_BYTES);
  const [r, s] = [magnitudeOf(der.subarray(4, middle)), magnitudeOf(der.subarray(middle + 2))];
  raw.set(r, NUMBER_BYTES - r.length);
  raw.set(s, 2 * NUMBER_BYTES - s.length);
  return raw;
}

/** The same signature as DER. @param raw - r‖s, 64 bytes. */
export function derOfRaw(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const [r, s] = [integerOf(raw.subarray(0, NUMBER_BYTES)), integerOf(raw.subarray(NUMBER_BYTES))];
  return concatBytes(Uint8Array.of(SEQUENCE, r.length + s.length), r, s);
}

/** The index behind the integer at an index; 0 where there is none that is positive, shortest and of at most 32 bytes. */
function endOfInteger(der: Uint8Array, from: number): number {
  const length = der[from + 1] ?? 0;
  const end = from + 2 + length;
  if (der[from] !== INTEGER || length < 1 || end > der.length) return 0;
  const first = der[from + 2] ?? 0;
  if (first >= 0x80) return 0;
  if (first !== 0) return length <= NUMBER_BYTES ? end : 0;
  // A leading zero only where the next bit would make it negative.
  return length > 1 && length <= NUMBER_BYTES + 1 && (der[from + 3] ?? 0) >= 0x80 ? end : 0;
}

function magnitudeOf(integer: Uint8Array): Uint8Array {
  return integer[0] === 0 ? integer.subarray(1) : integer;
}

function integerOf(number: Uint8Array): Uint8Array {
  const from = number.findIndex((byte) => byte !== 0);
  const shortest = number.subarray(from < 0 ? number.length - 1 : from);
  const sign = (shortest[0] ?? 0) >= 0x80 ? [0] : [];
  return Uint8Array.of(INTEGER, sign.length + shortest.length, ...sign, ...shortest);
}
