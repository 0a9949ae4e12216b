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

/** Up to here a copy is cheaper than a hash in several steps. */
const MOST_COPIED = 2048;
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

/** SHA-256 over several byte strings after one another, without a copy of them all. */
function hashParts(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const hash = native?.createHash("sha256") ?? nobleSha256.create();
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** The same in the language alone. */
export function hashPortably(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return nobleSha256(bytes) as Uint8Array<ArrayBuffer>;
}

/** SHA-256 over an ASCII tag, a zero byte and the parts. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = [tagBytes(tag), ...parts];
  const isLarge = parts.some(({ length }) => length > MOST_COPIED);
  return isLarge ? hashParts(all) : sha256(concatBytes(...all));
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
