import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "../encoding/bytes.ts";

/** Length of every hash of the tree. */
export const HASH_BYTES = 32;

/** Root of the tree without leaves: the hash of nothing (RFC 6962 section 2.1). */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Hash of a leaf's bytes; the prefix keeps a leaf from ever passing as a node. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(0), entry));
}

/** Hash of two neighbouring subtrees. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(1), left, right));
}
