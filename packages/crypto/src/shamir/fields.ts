/**
 * A binary field in which a secret is shared piece by piece.
 *
 * Its arithmetic has neither branches nor tables that depend on values: shares and secrets go through it.
 */
export interface BinaryField {
  /** Bytes of one element. */
  readonly bytes: number;
  /** Largest number of shares: the elements that are not zero. */
  readonly maxShares: number;
  multiply(a: number, b: number): number;
  /** The inverse of an element that is not zero. */
  invert(a: number): number;
}

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. @see FIPS 197 section 4.2 */
function multiplyBytes(a: number, b: number): number {
  let product = 0;
  let left = a;
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= left & -((b >> bit) & 1);
    left = ((left << 1) ^ (0x11b & -((left >> 7) & 1))) & 0xff;
  }
  return product;
}

/** a^(2^8 - 2): the inverse, by a fixed chain of products. */
function invertByte(a: number): number {
  let power = multiplyBytes(a, a);
  let inverse = power;
  for (let step = 0; step < 6; step += 1) {
    power = multiplyBytes(power, power);
    inverse = multiplyBytes(inverse, power);
  }
  return inverse;
}

/** GF(2^8) as AES has it. @see KMIP 1.4 section 2.2.5 */
export const GF_2_8: BinaryField = { bytes: 1, maxShares: 255, multiply: multiplyBytes, invert: invertByte };

/** x^5 + x^4 + x^3 + x, the m of y^2 + y + m. */
const M = 0x3a;

/**
 * GF(2^16) as pairs uy + v over GF(2^8), modulo y^2 + y + m: the form that KMIP defines.
 *
 * @see KMIP 1.4 section 2.2.5 (Split Key)
 */
export const GF_2_16: BinaryField = {
  bytes: 2,
  maxShares: 65_535,
  multiply(a, b) {
    const [r, s, u, v] = [a >> 8, a & 0xff, b >> 8, b & 0xff];
    const sv = multiplyBytes(s, v);
    const high = multiplyBytes(r ^ s, u ^ v) ^ sv;
    const low = multiplyBytes(multiplyBytes(r, u), M) ^ sv;
    return (high << 8) | low;
  },
  invert(a) {
    const [u, v] = [a >> 8, a & 0xff];
    const norm = multiplyBytes(multiplyBytes(u, u), M) ^ multiplyBytes(v, u ^ v); // (uy + v)(uy + u + v)
    const d = invertByte(norm);
    return (multiplyBytes(u, d) << 8) | multiplyBytes(u ^ v, d);
  },
};
