import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { BIP39_ENGLISH } from "./bip39-english.ts";
import { decodeMnemonic, encodeMnemonic } from "./mnemonic.ts";
import { MATCHING_WORDS, wordsOf } from "./words-of.ts";

/** Eleven bits at a time, as a string of bits. */
function spelt(digest: Buffer, count: number): string[] {
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: count }, (_, word) => {
    return BIP39_ENGLISH[Number.parseInt(bits.slice(word * 11, word * 11 + 11), 2)] ?? "";
  });
}

describe("the list of words", () => {
  test("is BIP-39's English one", () => {
    // sha256 of the list as the BIP publishes it: one word a line.
    const digest = createHash("sha256")
      .update(`${BIP39_ENGLISH.join("\n")}\n`)
      .digest("hex");
    expect(digest).toBe("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
    expect(BIP39_ENGLISH).toHaveLength(2048);
  });

  test("has no two words with the same four first letters, so that four are enough to tell them apart", () => {
    expect(new Set(BIP39_ENGLISH.map((word) => word.slice(0, 4))).size).toBe(2048);
  });
});

describe("matching words", () => {
  test("are the first 88 bits of the tagged hash", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z2-7]{26}$/), (tid) => {
        const digest = createHash("sha256").update(`holdfast/words/v1\0${tid}`).digest();
        expect(wordsOf(tid)).toEqual(spelt(digest, MATCHING_WORDS));
      }),
    );
  });
});

describe("the 24 words of a recovery key", () => {
  test("read back as the key", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        expect(decodeMnemonic(encodeMnemonic(seed))).toEqual(new Uint8Array(seed));
      }),
    );
  });

  test("of any text are a key or refused by code", () => {
    const word = fc.oneof(fc.constantFrom(...BIP39_ENGLISH), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(word, { minLength: 20, maxLength: 26 }), (words) => {
        try {
          expect(decodeMnemonic(words)).toHaveLength(32);
        } catch (error) {
          expect(error).toBeInstanceOf(HoldfastError);
        }
      }),
    );
  });

  test("name the place of a misspelt word and never the word", () => {
    const words = encodeMnemonic(new Uint8Array(32));
    words[6] = "secretz";
    const refusal = (() => {
      try {
        return decodeMnemonic(words);
      } catch (error) {
        return error as HoldfastError<string>;
      }
    })();
    expect(refusal).toMatchObject({ code: "E_SCHEMA", detail: { word: 7 } });
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain("secretz");
  });
});
