import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** A source of bytes: the next `count` of them. */
export type RandomBytes = (count: number) => Uint8Array<ArrayBuffer>;

/** Bytes that look random and follow from a seed alone, so that a test or vector is the same every time. */
export function seededRandom(seed: string): RandomBytes {
  let block = 0;
  return (count) => {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 32) {
      const digest = sha256(concatBytes(utf8ToBytes(`holdfast/testkit\n${seed}\n${block}`)));
      bytes.set(digest.subarray(0, count - at), at);
      block += 1;
    }
    return bytes;
  };
}
