import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import type { CommandHash } from "../brand.ts";
import { native } from "../platform/native.ts";
import { encodeBase64url } from "./base64url.ts";
import { concatBytes, utf8 } from "./bytes.ts";

const HASH_BYTES = 32;

/** SHA-256, synchronous: the agent hashes inside a transaction that awaits nothing. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (native === null) return hashPortably(bytes);
  const characters = native.hash("sha256", bytes, "latin1");
  const hash = new Uint8Array(HASH_BYTES);
  for (let at = 0; at < HASH_BYTES; at += 1) hash[at] = characters.charCodeAt(at);
  return hash;
}

/** What is smaller may be a secret, of which nothing stays in a place that lasts. */
const LEAST_JOINED = 2048;
const MOST_TAGS = 64;
const tags = new Map<string, Uint8Array>();

/** A tag and its zero byte. There are few, again and again. */
function tagBytes(tag: string): Uint8Array {
  const known = tags.get(tag);
  if (known !== undefined) return known;
  const bytes = utf8(`${tag}\0`);
  if (tags.size < MOST_TAGS) tags.set(tag, bytes);
  return bytes;
}

/** Larger parts are put together in one place, again and again, which costs less than another place or a hash in steps. */
const MOST_JOINED = 300_000;
let place = new Uint8Array(0);

function joinInPlace(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (place.length < size) place = new Uint8Array(MOST_JOINED);
  let at = 0;
  for (const part of parts) {
    place.set(part, at);
    at += part.length;
  }
  return place.subarray(0, at);
}

/** The same in the language alone. */
export function hashPortably(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return nobleSha256(bytes) as Uint8Array<ArrayBuffer>;
}

/** SHA-256 over an ASCII tag, a zero byte and the parts. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = [tagBytes(tag), ...parts];
  const size = all.reduce((sum, { length }) => sum + length, 0);
  return sha256(size < LEAST_JOINED || size > MOST_JOINED ? concatBytes(...all) : joinInPlace(all, size));
}

/** HMAC-SHA-256. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return hmac(nobleSha256, key, bytes) as Uint8Array<ArrayBuffer>;
}

/**
 * Hash that names a signed document: SHA-256("holdfast/&lt;typ&gt;/v1\0" ‖ canonical bytes), as documents write it: 43
 * base64url characters.
 *
 * @see docs/spec/canonical-bytes.md
 */
export function docHash(typ: string, bytes: Uint8Array): string {
  return encodeBase64url(docHashBytes(typ, bytes));
}

/** {@link docHash} as its 32 bytes. */
export function docHashBytes(typ: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return taggedHash(`holdfast/${typ}/v1`, bytes);
}

/** Hash that names a command. */
export function commandHash(bytes: Uint8Array): CommandHash {
  return docHash("cmd", bytes) as CommandHash;
}
