import { hash as digestOf, timingSafeEqual } from "node:crypto";
import type { HashFunction } from "../policy/hash.ts";
import { randomBytes } from "../random/random-bytes.ts";

/** Mask generation function 1. @see RFC 8017 appendix B.2.1 */
function mask({ runtime, bytes }: HashFunction, seed: Uint8Array, size: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * bytes < size; counter += 1) {
    const index = Buffer.alloc(4);
    index.writeUInt32BE(counter);
    blocks.push(digestOf(runtime, Buffer.concat([seed, index]), "buffer"));
  }
  return Buffer.concat(blocks).subarray(0, size);
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  const out = Buffer.alloc(one.byteLength);
  for (let at = 0; at < out.byteLength; at += 1) out[at] = (one[at] ?? 0) ^ (other[at] ?? 0);
  return out;
}

const ZEROS_8 = Buffer.alloc(8);

/**
 * EMSA-PSS encoding of a digest, for what the runtime does not do itself: digests made elsewhere, and masks of another
 * hash function. Null when the key is too small.
 *
 * @see RFC 8017 section 9.1.1
 */
export function encodePss(
  digest: Uint8Array,
  hash: HashFunction,
  maskHash: HashFunction,
  saltBytes: number,
  modulusBits: number,
): Buffer | null {
  const size = Math.ceil((modulusBits - 1) / 8);
  const dbBytes = size - hash.bytes - 1;
  if (dbBytes < saltBytes + 1) return null;
  const salt = saltBytes === 0 ? Buffer.alloc(0) : randomBytes(saltBytes);
  const h = digestOf(hash.runtime, Buffer.concat([ZEROS_8, digest, salt]), "buffer");
  const db = Buffer.concat([Buffer.alloc(dbBytes - saltBytes - 1), Buffer.of(1), salt]);
  const masked = xor(db, mask(maskHash, h, dbBytes));
  masked[0] = (masked[0] ?? 0) & (0xff >>> (8 * size - (modulusBits - 1)));
  const encoded = Buffer.concat([masked, h, Buffer.of(0xbc)]);
  return Buffer.concat([Buffer.alloc(Math.ceil(modulusBits / 8) - size), encoded]);
}

/** EMSA-PSS verification of a digest against the opened signature. @see RFC 8017 section 9.1.2 */
export function matchesPss(
  opened: Uint8Array,
  digest: Uint8Array,
  hash: HashFunction,
  maskHash: HashFunction,
  saltBytes: number | "any",
  modulusBits: number,
): boolean {
  const size = Math.ceil((modulusBits - 1) / 8);
  const extra = opened.byteLength - size;
  const dbBytes = size - hash.bytes - 1;
  const least = saltBytes === "any" ? 0 : saltBytes;
  if (extra < 0 || dbBytes < least + 1 || opened.subarray(0, extra).some((byte) => byte !== 0)) return false;
  const encoded = opened.subarray(extra);
  const masked = encoded.subarray(0, dbBytes);
  const h = encoded.subarray(dbBytes, size - 1);
  const top = 0xff >>> (8 * size - (modulusBits - 1));
  if (encoded[size - 1] !== 0xbc || ((masked[0] ?? 0) & ~top) !== 0) return false;
  const db = xor(masked, mask(maskHash, h, dbBytes));
  db[0] = (db[0] ?? 0) & top;
  const zeros = saltBytes === "any" ? db.findIndex((byte) => byte !== 0) : dbBytes - saltBytes - 1;
  if (zeros < 0 || db.subarray(0, zeros).some((byte) => byte !== 0) || db[zeros] !== 1) return false;
  const expected = digestOf(hash.runtime, Buffer.concat([ZEROS_8, digest, db.subarray(zeros + 1)]), "buffer");
  return timingSafeEqual(expected, h);
}

/** EMSA-PKCS1-v1_5 encoding of a digest; null when the key is too small. @see RFC 8017 section 9.2 */
export function encodePkcs1(digest: Uint8Array, { oid, bytes }: HashFunction, size: number): Buffer | null {
  const id = Buffer.from(oid, "hex");
  const info = Buffer.concat([
    Buffer.of(0x30, 8 + id.byteLength + bytes, 0x30, 4 + id.byteLength, 0x06, id.byteLength),
    id,
    Buffer.of(0x05, 0x00, 0x04, bytes),
    digest,
  ]);
  const filling = size - info.byteLength - 3;
  if (filling < 8) return null;
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(filling, 0xff), Buffer.of(0), info]);
}

/** EME-OAEP encoding with a mask of another hash function; null when the message is too long. @see RFC 8017 section 7.1.1 */
export function encodeOaep(
  message: Uint8Array,
  label: Uint8Array,
  hash: HashFunction,
  maskHash: HashFunction,
  size: number,
): Buffer | null {
  const filling = size - message.byteLength - 2 * hash.bytes - 2;
  if (filling < 0) return null;
  const labelHash = digestOf(hash.runtime, label, "buffer");
  const db = Buffer.concat([labelHash, Buffer.alloc(filling), Buffer.of(1), message]);
  const seed = randomBytes(hash.bytes);
  const maskedDb = xor(db, mask(maskHash, seed, db.byteLength));
  db.fill(0);
  return Buffer.concat([Buffer.of(0), xor(seed, mask(maskHash, maskedDb, seed.byteLength)), maskedDb]);
}

/**
 * EME-OAEP decoding with a mask of another hash function; null for everything that is not so encoded.
 *
 * Every byte is looked at whatever the ones before were, and the answer is one, so that neither the refusal nor its
 * cause can be told apart (Manger's attack).
 *
 * @see RFC 8017 section 7.1.2
 */
export function decodeOaep(
  opened: Uint8Array,
  label: Uint8Array,
  hash: HashFunction,
  maskHash: HashFunction,
): Buffer | null {
  if (opened.byteLength < 2 * hash.bytes + 2) return null;
  const labelHash = digestOf(hash.runtime, label, "buffer");
  const maskedSeed = opened.subarray(1, 1 + hash.bytes);
  const maskedDb = opened.subarray(1 + hash.bytes);
  const seed = xor(maskedSeed, mask(maskHash, maskedDb, hash.bytes));
  const db = xor(maskedDb, mask(maskHash, seed, maskedDb.byteLength));
  let wrong = opened[0] ?? 0;
  for (let at = 0; at < hash.bytes; at += 1) wrong |= (db[at] ?? 0) ^ (labelHash[at] ?? 0);
  let found = 0; // 1 once the separator has been seen
  let start = 0;
  for (let at = hash.bytes; at < db.byteLength; at += 1) {
    const byte = db[at] ?? 0;
    const isOne = 1 - (((byte ^ 1) + 0xff) >>> 8);
    const isZero = 1 - ((byte + 0xff) >>> 8);
    const first = (1 - found) & isOne;
    start |= -first & (at + 1);
    wrong |= (1 - found) & (1 - isOne) & (1 - isZero);
    found |= isOne;
  }
  const message = (wrong | (1 - found)) === 0 ? Buffer.from(db.subarray(start)) : null;
  db.fill(0);
  return message;
}
