import { hash } from "node:crypto";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** What `leafHash` of packages/tlog computes, by the runtime's own SHA-256: the log's hashes are made and checked by the million. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([LEAF, entry]), "buffer");
}

/** The same for `nodeHash`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([NODE, left, right]), "buffer");
}
