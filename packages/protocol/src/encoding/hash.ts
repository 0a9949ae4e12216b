import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import type { CommandHash } from "../brand.ts";
import { encodeBase64url } from "./base64url.ts";
import { concatBytes, utf8 } from "./bytes.ts";

/** SHA-256, synchronous: the agent hashes inside a transaction that awaits nothing. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return nobleSha256(bytes) as Uint8Array<ArrayBuffer>;
}

/** SHA-256 over an ASCII tag, a zero byte and the parts. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return sha256(concatBytes(utf8(`${tag}\0`), ...parts));
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
