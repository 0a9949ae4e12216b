import { utf8 } from "../encoding/bytes.ts";
import { taggedHash } from "../encoding/hash.ts";
import { BIP39_ENGLISH } from "./bip39-english.ts";

/** How many matching words there are. */
export const MATCHING_WORDS = 8;

const BITS_A_WORD = 11;

/**
 * The eight matching words of a tid or of a hash: the first 88 bits of a tagged hash over its text.
 *
 * They are a check only for text whose bytes the other side did not choose alone: a tid, an introduction. On a command
 * they are a label.
 *
 * @param text - A tid (26 characters) or a hash (43 characters).
 * @see docs/spec/canonical-bytes.md
 */
export function wordsOf(text: string): string[] {
  return spellBits(taggedHash("holdfast/words/v1", utf8(text)), MATCHING_WORDS);
}

/** Spells the first `count` × 11 bits as words of BIP-39. */
export function spellBits(bytes: Uint8Array, count: number): string[] {
  return Array.from({ length: count }, (_, word) => {
    let index = 0;
    for (let bit = word * BITS_A_WORD; bit < (word + 1) * BITS_A_WORD; bit += 1) {
      index = (index << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    return BIP39_ENGLISH[index] ?? "";
  });
}
