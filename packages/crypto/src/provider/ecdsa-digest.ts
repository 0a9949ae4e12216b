import { createECDH } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { bytesOf, integerOf, inverse, modulo, power } from "../numbers/big-integer.ts";
import { randomBytes } from "../random/random-bytes.ts";
import type { Curve } from "./curve.ts";

/**
 * ECDSA over a digest made elsewhere, which the runtime, hashing always itself, does not offer.
 *
 * All multiplications of points are the runtime's constant-time ones (through ECDH). The private scalar and the nonce
 * meet JavaScript's integers only multiplied by a fresh random number, because those do not compute in constant time.
 *
 * @returns r and s
 * @see FIPS 186-5 section 6.4.1
 */
export function signDigest(curve: Curve, scalar: Uint8Array, digest: Uint8Array): { r: bigint; s: bigint } {
  const { n } = curve;
  const e = truncated(curve, digest);
  const d = integerOf(scalar);
  for (let attempt = 0; attempt < 64; attempt += 1) {
    const nonce = createECDH(curve.runtime);
    nonce.generateKeys();
    const r = modulo(integerOf(nonce.getPublicKey().subarray(1, 1 + curve.bytes)), n);
    const nonceBytes = nonce.getPrivateKey();
    const blind = randomScalar(curve);
    const k = integerOf(nonceBytes);
    nonceBytes.fill(0);
    const inverseOfBlindNonce = inverse((blind * k) % n, n);
    if (r === 0n || inverseOfBlindNonce === null) continue;
    const blindSum = (((blind * d) % n) * r + blind * e) % n; // b(e + rd)
    const s = (inverseOfBlindNonce * blindSum) % n;
    if (s !== 0n) return { r, s };
  }
  throw new CryptoError("E_SELFTEST");
}

/**
 * Tells whether r and s are a signature over the digest, by public numbers only.
 *
 * The runtime's ECDH gives a point's x alone; which of the two points it is follows from the x of that point plus the
 * public key.
 *
 * @see FIPS 186-5 section 6.4.2
 */
export function verifyDigest(curve: Curve, point: Buffer, r: bigint, s: bigint, digest: Uint8Array): boolean {
  const { n } = curve;
  if (r < 1n || r >= n || s < 1n || s >= n) return false;
  const w = inverse(s, n);
  if (w === null) return false;
  const u1 = (truncated(curve, digest) * w) % n;
  const u2 = (r * w) % n;
  const second = timesPoint(curve, u2, point);
  const sum = u1 === 0n ? second : added(curve, timesGenerator(curve, u1), second);
  return sum !== null && modulo(sum.x, n) === r;
}

/** The leftmost bits of the digest, as many as the order has. */
function truncated({ n }: Curve, digest: Uint8Array): bigint {
  const excess = digest.byteLength * 8 - n.toString(2).length;
  const value = integerOf(digest);
  return modulo(excess > 0 ? value >> BigInt(excess) : value, n);
}

function randomScalar({ bytes, n }: Curve): bigint {
  return modulo(integerOf(randomBytes(bytes + 8)), n - 1n) + 1n;
}

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

function timesGenerator(curve: Curve, scalar: bigint): Point {
  const ecdh = createECDH(curve.runtime);
  ecdh.setPrivateKey(bytesOf(scalar, curve.bytes));
  return pointOf(curve, ecdh.getPublicKey());
}

function pointOf({ bytes }: Curve, encoded: Buffer): Point {
  return { x: integerOf(encoded.subarray(1, 1 + bytes)), y: integerOf(encoded.subarray(1 + bytes)) };
}

function timesPoint(curve: Curve, scalar: bigint, encoded: Buffer): Point {
  const { p, n } = curve;
  const point = pointOf(curve, encoded);
  if (scalar === 1n) return point;
  if (scalar === n - 1n) return { x: point.x, y: modulo(-point.y, p) };
  const x = timesX(curve, scalar, encoded);
  const next = timesX(curve, scalar + 1n, encoded);
  const y = power(x ** 3n + curve.a * x + curve.b, (p + 1n) / 4n, p);
  const candidate = { x, y };
  return added(curve, candidate, point)?.x === next ? candidate : { x, y: p - y };
}

function timesX(curve: Curve, scalar: bigint, encoded: Buffer): bigint {
  const ecdh = createECDH(curve.runtime);
  ecdh.setPrivateKey(bytesOf(scalar, curve.bytes));
  return integerOf(ecdh.computeSecret(encoded));
}

/** Affine addition; null is the point at infinity. */
function added({ p, a }: Curve, one: Point, other: Point): Point | null {
  const same = one.x === other.x;
  if (same && (one.y !== other.y || one.y === 0n)) return null;
  const slope = same
    ? (3n * one.x * one.x + a) * (inverse(2n * one.y, p) ?? 0n)
    : (other.y - one.y) * (inverse(modulo(other.x - one.x, p), p) ?? 0n);
  const x = modulo(slope * slope - one.x - other.x, p);
  return { x, y: modulo(slope * (one.x - x) - one.y, p) };
}
