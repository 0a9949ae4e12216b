/**
 * The bytes of a Big Integer for a number that is not negative, given big-endian and without a sign, as `node:crypto`'s
 * JWK members and ASN.1 moduli come.
 *
 * @see KMIP 1.4 section 9.1.1.4: two's complement, sign-extended to a multiple of eight bytes
 */
export function bigIntegerFromUnsigned(unsigned: Uint8Array): Uint8Array {
  let start = 0;
  while (start < unsigned.length && unsigned[start] === 0) start += 1;
  const digits = unsigned.length - start;
  const signBytes = digits > 0 && (unsigned[start] ?? 0) < 0x80 ? digits : digits + 1;
  const made = new Uint8Array(Math.max(8, Math.ceil(signBytes / 8) * 8));
  made.set(unsigned.subarray(start), made.length - digits);
  return made;
}

/** The magnitude of a Big Integer without leading zeros, or null for a negative one. A view, not a copy. */
export function unsignedFromBigInteger(bytes: Uint8Array): Uint8Array | null {
  if ((bytes[0] ?? 0) >= 0x80) return null;
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  return bytes.subarray(start);
}
