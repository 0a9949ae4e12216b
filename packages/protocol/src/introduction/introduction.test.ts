import { generateKeyPairSync } from "node:crypto";
import { SoftwareDomain, softwareIntroduction } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { encodeBase64url } from "../encoding/base64url.ts";
import { sha256 } from "../encoding/hash.ts";
import { wordsOf } from "../words/words-of.ts";
import { areAskedWords, askedPlaces } from "./asked-words.ts";
import { describeIntroduction, publicKeyWord } from "./describe-introduction.ts";
import { INTRODUCTION_KINDS, parseIntroduction } from "./introduction.ts";

const domain = SoftwareDomain.found({ seed: "introductions" });
const hashes = Array.from({ length: 4_000 }, (_, n) => encodeBase64url(sha256(Uint8Array.of(n >> 8, n & 255))));

describe("the words that an approver is asked for", () => {
  test("stand at three different places in their order, each place as often as any other", () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (const hash of hashes) {
      const places = askedPlaces(hash);
      expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
      expect(places).toHaveLength(3);
      for (const place of places) counts[place] = (counts[place] ?? 0) + 1;
    }
    const even = (hashes.length * 3) / 8;
    for (const count of counts) expect(Math.abs(count - even)).toBeLessThan(even * 0.15);
  });

  test("are those of exactly these bytes: of thousands of others none has the same three", () => {
    const [first = "", ...others] = hashes;
    const words = wordsOf(first);
    const typed = askedPlaces(first).map((place) => ` ${words[place]?.toUpperCase()} `);
    expect(areAskedWords(first, typed)).toBe(true);
    expect(others.filter((hash) => areAskedWords(hash, typed))).toEqual([]);
    expect(areAskedWords(first, typed.slice(0, 2))).toBe(false);
    expect(areAskedWords(first, [...typed, ""])).toBe(false);
    expect(areAskedWords(first, ["", "", ""])).toBe(false);
  });
});

describe("an introduction", () => {
  test.each(INTRODUCTION_KINDS)(
    "of kind %s says in words what was given, and nothing that is not in its bytes",
    (kind) => {
      const { bytes } = softwareIntroduction(domain, kind);
      const { what, facts } = describeIntroduction(parseIntroduction(bytes));
      expect(what).toMatch(/^(?:a|an|keys) /);
      expect(facts.length).toBeGreaterThan(0);
      for (const [name, value] of facts) expect([name.length > 2, value.length > 0]).toEqual([true, true]);
    },
  );

  test("names keys as OpenSSL makes them", () => {
    const spki = (made: { publicKey: { export(options: object): unknown } }) =>
      new Uint8Array(made.publicKey.export({ type: "spki", format: "der" }) as Buffer);
    const ec = (namedCurve: string) => publicKeyWord(spki(generateKeyPairSync("ec", { namedCurve })));
    expect(["P-256", "P-384", "P-521"].map(ec)).toEqual(["EC P-256", "EC P-384", "EC P-521"]);
    expect(publicKeyWord(spki(generateKeyPairSync("ed25519")))).toBe("Ed25519");
    expect(publicKeyWord(spki(generateKeyPairSync("rsa", { modulusLength: 2048 })))).toBe("RSA 2048");
    expect(publicKeyWord(spki(generateKeyPairSync("x25519")))).toBe("of an unknown kind");
    expect(publicKeyWord(new Uint8Array(3))).toBe("of an unknown kind");
  });
});
