import { decodeBase64url } from "../encoding/base64url.ts";
import { taggedHash } from "../encoding/hash.ts";
import { wordsOf } from "../words/words-of.ts";

/** How many of the eight words an approver types. */
export const ASKED_WORDS = 3;

/**
 * The places, 0 to 7 and ascending, of the words that an approver is asked for.
 *
 * They follow from the introduction's own bytes, whose random part the agent drew last: nobody knows them before the
 * bytes are fixed, and a miss draws other places for other bytes only.
 *
 * @param hash - The introduction's hash, 43 characters.
 */
export function askedPlaces(hash: string): readonly number[] {
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const drawn: number[] = [];
  for (const byte of taggedHash("holdfast/ask/v1", decodeBase64url(hash)).subarray(0, ASKED_WORDS))
    drawn.push(...places.splice(byte % places.length, 1));
  return drawn.sort((one, other) => one - other);
}

/** Whether what was typed are the words at the asked places; case and surrounding spaces do not count. */
export function areAskedWords(hash: string, typed: readonly string[]): boolean {
  const words = wordsOf(hash);
  return (
    typed.length === ASKED_WORDS &&
    askedPlaces(hash).every((place, index) => typed[index]?.trim().toLowerCase() === words[place])
  );
}
