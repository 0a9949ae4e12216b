import { concatBytes } from "../encoding/bytes.ts";
import { sha256 } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { BIP39_ENGLISH } from "./bip39-english.ts";
import { spellBits } from "./words-of.ts";

const SEED_BYTES = 32;
const WORDS = 24;
/** Looked up at once: how long a word is looked for tells nobody where it stands. */
const PLACES: ReadonlyMap<string, number> = new Map(BIP39_ENGLISH.map((word, place) => [word, place]));

/**
 * Writes a 32-byte seed as 24 words with the checksum of BIP-39.
 *
 * @throws {@link ProtocolError} `E_SCHEMA` for another length
 * @see https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
 */
export function encodeMnemonic(seed: Uint8Array): string[] {
  if (seed.length !== SEED_BYTES) throw new ProtocolError("E_SCHEMA", "A replacement key has 32 bytes.");
  return spellBits(concatBytes(seed, sha256(seed).subarray(0, 1)), WORDS);
}

/**
 * Reads 24 words back into the seed. Case and surrounding space do not matter.
 *
 * @throws {@link ProtocolError} `E_SCHEMA` for a word that is not of the list (`detail.word` is its position, from 1),
 *   another count, or a checksum that does not fit
 */
export function decodeMnemonic(words: readonly string[]): Uint8Array<ArrayBuffer> {
  if (words.length !== WORDS)
    throw new ProtocolError("E_SCHEMA", "A replacement key has 24 words.", { words: words.length });
  const bits = words.map((word, position) => {
    const index = PLACES.get(word.trim().toLowerCase());
    if (index === undefined) throw new ProtocolError("E_SCHEMA", "A word is not of the list.", { word: position + 1 });
    return index.toString(2).padStart(11, "0");
  });
  const bytes = Uint8Array.from(bits.join("").match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  const seed = bytes.slice(0, SEED_BYTES);
  if (sha256(seed)[0] !== bytes[SEED_BYTES]) throw new ProtocolError("E_SCHEMA", "The words' checksum does not fit.");
  return seed;
}
