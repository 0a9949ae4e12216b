import { checkPrimeSync } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { bytesOf, integerOf, inverse, modulo } from "../numbers/big-integer.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { GF_2_8, GF_2_16 } from "./fields.ts";
import { joinBytes, requireShares, requireThreshold, type Share, shareBytes, type Threshold } from "./share-bytes.ts";

/** How a secret is split: KMIP's Split Key Methods. The prime is unsigned, big-endian. */
export type SplitMethod =
  | { readonly method: "XOR" | "GF(2^8)" | "GF(2^16)" }
  | { readonly method: "prime"; readonly prime: Uint8Array };

const MAX_PARTS = 255;
/** Prime fields up to this size: larger secrets are keys of keys. */
const MAX_PRIME_BYTES = 1024;

/**
 * Splits bytes into parts. The caller wipes them.
 *
 * Arithmetic in a prime field is the runtime's big integers', whose time depends on the numbers: it is for parties that
 * know no other method, and each coefficient serves once.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for numbers of parts or a prime that do not go
 * @see KMIP 1.4 section 2.2.5 (Split Key)
 */
export function splitSecret(secret: Uint8Array, how: SplitMethod, threshold: Threshold): Share[] {
  requireThreshold(threshold, MAX_PARTS);
  switch (how.method) {
    case "XOR":
      return splitByXor(secret, threshold);
    case "GF(2^8)":
      return shareBytes(GF_2_8, secret, threshold);
    case "GF(2^16)":
      return shareBytes(GF_2_16, secret, threshold);
    case "prime":
      return splitByPrime(secret, how.prime, threshold);
  }
}

/**
 * Gives the secret back from its parts. The caller wipes it.
 *
 * @param bytes - Size of the secret, which a number of a prime field does not say.
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for parts that are not different parts of one secret
 */
export function joinSecret(shares: readonly Share[], how: SplitMethod, bytes: number): Buffer {
  requireShares(shares, MAX_PARTS);
  switch (how.method) {
    case "XOR":
      return joinByXor(shares);
    case "GF(2^8)":
      return joinBytes(GF_2_8, shares);
    case "GF(2^16)":
      return joinBytes(GF_2_16, shares);
    case "prime":
      return joinByPrime(shares, how.prime, bytes);
  }
}

function splitByXor(secret: Uint8Array, { parts, threshold }: Threshold): Share[] {
  if (parts !== threshold)
    throw new CryptoError("E_CRYPTO_INPUT", "Every part is needed of a secret that is split by XOR.");
  const last = Buffer.from(secret);
  const shares: Share[] = [];
  for (let index = 1; index < parts; index += 1) {
    const bytes = randomBytes(secret.byteLength);
    addTo(last, bytes);
    shares.push({ index, bytes });
  }
  return [...shares, { index: parts, bytes: last }];
}

function joinByXor(shares: readonly Share[]): Buffer {
  const secret = Buffer.alloc(shares[0]?.bytes.byteLength ?? 0);
  for (const { bytes } of shares) addTo(secret, bytes);
  return secret;
}

function addTo(sum: Uint8Array, bytes: Uint8Array): void {
  for (let at = 0; at < sum.byteLength; at += 1) sum[at] = (sum[at] as number) ^ (bytes[at] as number);
}

function splitByPrime(secret: Uint8Array, primeBytes: Uint8Array, { parts, threshold }: Threshold): Share[] {
  const prime = primeOf(primeBytes);
  const value = integerOf(secret);
  if (value >= prime || BigInt(parts) >= prime)
    throw new CryptoError("E_CRYPTO_INPUT", "The prime is not larger than the secret.");
  const coefficients = Array.from({ length: threshold - 1 }, () => randomBelow(prime));
  return Array.from({ length: parts }, (_, at) => {
    const x = BigInt(at + 1);
    const share = coefficients.reduceRight((sum, coefficient) => modulo((sum + coefficient) * x, prime), 0n);
    return { index: at + 1, bytes: bytesOf(modulo(share + value, prime), primeBytes.byteLength) };
  });
}

function joinByPrime(shares: readonly Share[], primeBytes: Uint8Array, bytes: number): Buffer {
  const prime = primeOf(primeBytes);
  let sum = 0n;
  for (const { index, bytes: share } of shares) {
    const x = BigInt(index);
    let weight = 1n;
    for (const other of shares) {
      if (other.index === index) continue;
      const y = BigInt(other.index);
      const inverted = inverse(modulo(y - x, prime), prime);
      if (inverted === null) throw new CryptoError("E_CRYPTO_INPUT", "The number is no prime.");
      weight = modulo(weight * y * inverted, prime);
    }
    sum = modulo(sum + integerOf(share) * weight, prime);
  }
  if (sum >= 1n << BigInt(bytes * 8)) throw new CryptoError("E_DECRYPT"); // parts that do not belong together
  return bytesOf(sum, bytes);
}

/** @throws {@link CryptoError} `E_CRYPTO_INPUT` unless it is a prime of a size that is served */
function primeOf(bytes: Uint8Array): bigint {
  if (bytes.byteLength < 1 || bytes.byteLength > MAX_PRIME_BYTES) throw new CryptoError("E_CRYPTO_INPUT");
  const prime = integerOf(bytes);
  if (prime < 3n || !checkPrimeSync(prime)) throw new CryptoError("E_CRYPTO_INPUT", "The number is no prime.");
  return prime;
}

function randomBelow(prime: bigint): bigint {
  const bytes = Math.ceil(prime.toString(2).length / 8) + 16; // 128 bits more than the prime: no bias that counts
  return modulo(integerOf(randomBytes(bytes)), prime);
}
