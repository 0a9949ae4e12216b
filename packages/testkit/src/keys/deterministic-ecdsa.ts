import { createECDH } from "node:crypto";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

const CURVE = "prime256v1";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Uncompressed P-256 point of a private key. */
export function publicPoint(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const curve = createECDH(CURVE);
  curve.setPrivateKey(secret);
  return new Uint8Array(curve.getPublicKey());
}

/**
 * Signs with ECDSA over P-256 and SHA-256, its nonce as RFC 6979 says, so that vectors do not change.
 *
 * @returns r ‖ s, 64 bytes.
 */
export function signDeterministic(secret: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const digest = sha256(message);
  for (const nonce of nonces(secret, digest)) {
    const r = toInteger(publicPoint(nonce).subarray(1, 33)) % ORDER;
    const s = (inverse(toInteger(nonce)) * (toInteger(digest) + r * toInteger(secret))) % ORDER;
    if (r !== 0n && s !== 0n) return new Uint8Array(concatBytes(toBytes(r), toBytes(s)));
  }
  throw new RangeError("unreachable: RFC 6979 gives nonces without end");
}

/** r ‖ s as the DER that authenticators give. */
export function derOfSignature(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = concatBytes(derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32)));
  return new Uint8Array(concatBytes(Uint8Array.of(0x30, body.length), body));
}

function derInteger(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const shortest = magnitude.subarray(first < 0 ? 31 : first);
  const padded = (shortest[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), shortest) : shortest;
  return concatBytes(Uint8Array.of(2, padded.length), padded);
}

function* nonces(secret: Uint8Array, digest: Uint8Array): Generator<Uint8Array> {
  const seed = concatBytes(secret, toBytes(toInteger(digest) % ORDER));
  let value: Uint8Array = new Uint8Array(32).fill(1);
  let key: Uint8Array = new Uint8Array(32);
  for (const mark of [0, 1]) {
    key = hmac(sha256, key, concatBytes(value, Uint8Array.of(mark), seed));
    value = hmac(sha256, key, value);
  }
  for (;;) {
    value = hmac(sha256, key, value);
    const candidate = toInteger(value);
    if (candidate > 0n && candidate < ORDER) yield value;
    key = hmac(sha256, key, concatBytes(value, Uint8Array.of(0)));
    value = hmac(sha256, key, value);
  }
}

function inverse(value: bigint): bigint {
  let [r0, r1, t0, t1] = [ORDER, value % ORDER, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - quotient * r1, t1, t0 - quotient * t1];
  }
  return ((t0 % ORDER) + ORDER) % ORDER;
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes)}`);
}

function toBytes(value: bigint): Uint8Array {
  return hexToBytes(value.toString(16).padStart(64, "0"));
}
