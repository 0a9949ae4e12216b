import { CryptoError } from "../errors.ts";
import { randomBytes } from "../random/random-bytes.ts";
import type { BinaryField } from "./fields.ts";

/** One part of a shared secret. */
export interface Share {
  /** Where its polynomials were taken, from 1: KMIP's Key Part Identifier. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** How many parts there are, and how many of them give the secret back. */
export interface Threshold {
  readonly parts: number;
  readonly threshold: number;
}

/**
 * Splits bytes so that every `threshold` of the parts give them back, and fewer say nothing of them.
 *
 * Each piece has a polynomial of its own with fresh random coefficients; the piece is its value at 0.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for numbers of parts that do not go, or bytes that are no whole pieces
 * @see Shamir, How to share a secret (1979); KMIP 1.4 section 2.2.5
 */
export function shareBytes(field: BinaryField, secret: Uint8Array, { parts, threshold }: Threshold): Share[] {
  requireThreshold({ parts, threshold }, field.maxShares);
  if (secret.byteLength === 0 || secret.byteLength % field.bytes !== 0)
    throw new CryptoError("E_CRYPTO_INPUT", "The secret is no whole number of the field's elements.");
  const shares = Array.from({ length: parts }, (_, at) => ({ index: at + 1, bytes: Buffer.alloc(secret.byteLength) }));
  const random = threshold === 1 ? Buffer.alloc(0) : randomBytes(secret.byteLength * (threshold - 1));
  for (let at = 0; at < secret.byteLength; at += field.bytes) {
    for (const { index, bytes } of shares) {
      let value = 0; // Horner's rule, from the highest coefficient down to the piece itself
      for (let power = threshold - 1; power > 0; power -= 1) {
        const coefficient = element(field, random, (power - 1) * secret.byteLength + at);
        value = field.multiply(value, index) ^ coefficient;
      }
      setElement(field, bytes, at, field.multiply(value, index) ^ element(field, secret, at));
    }
  }
  random.fill(0);
  return shares;
}

/**
 * Gives a shared secret back from as many parts as its threshold says. Parts that do not belong together give bytes that
 * mean nothing; nothing here can tell.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for parts that are the same one or differ in length
 */
export function joinBytes(field: BinaryField, shares: readonly Share[]): Buffer {
  requireShares(shares, field.maxShares);
  const size = shares[0]?.bytes.byteLength ?? 0;
  if (size === 0 || size % field.bytes !== 0) throw new CryptoError("E_CRYPTO_INPUT");
  const secret = Buffer.alloc(size);
  for (const share of shares) {
    const weight = lagrangeAtZero(field, share.index, shares);
    for (let at = 0; at < size; at += field.bytes) {
      const sum = element(field, secret, at) ^ field.multiply(element(field, share.bytes, at), weight);
      setElement(field, secret, at, sum);
    }
  }
  return secret;
}

/** @throws {@link CryptoError} `E_CRYPTO_INPUT` */
export function requireThreshold({ parts, threshold }: Threshold, maxShares: number): void {
  const whole = Number.isSafeInteger(parts) && Number.isSafeInteger(threshold);
  if (!whole || threshold < 1 || parts < threshold || parts > maxShares)
    throw new CryptoError("E_CRYPTO_INPUT", "A key is split into more parts than are needed, and not into too many.", {
      maxShares,
    });
}

/** @throws {@link CryptoError} `E_CRYPTO_INPUT` */
export function requireShares(shares: readonly Share[], maxShares: number): void {
  const indexes = new Set(shares.map(({ index }) => index));
  const sizes = new Set(shares.map(({ bytes }) => bytes.byteLength));
  const inRange = shares.every(({ index }) => Number.isSafeInteger(index) && index >= 1 && index <= maxShares);
  if (shares.length === 0 || indexes.size !== shares.length || sizes.size !== 1 || !inRange)
    throw new CryptoError("E_CRYPTO_INPUT", "The parts are not different parts of one key.");
}

/** The weight of one share in the value at 0; indexes are public. */
function lagrangeAtZero(field: BinaryField, index: number, shares: readonly Share[]): number {
  let weight = 1;
  for (const other of shares) {
    if (other.index === index) continue;
    weight = field.multiply(weight, field.multiply(other.index, field.invert(other.index ^ index)));
  }
  return weight;
}

function element({ bytes }: BinaryField, source: Uint8Array, at: number): number {
  const first = source[at] as number;
  return bytes === 1 ? first : (first << 8) | (source[at + 1] as number);
}

function setElement({ bytes }: BinaryField, target: Uint8Array, at: number, value: number): void {
  if (bytes === 1) target[at] = value;
  else {
    target[at] = value >> 8;
    target[at + 1] = value & 0xff;
  }
}
