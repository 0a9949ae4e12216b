import { SoftwareLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { deriveTid } from "../ids/derive-ids.ts";
import { encodeIntroduction, type Introduction, introductionHash } from "../introduction/introduction.ts";
import { encodeRoster, parseRoster } from "../roster/roster.ts";
import { verifyRosterChain } from "../roster/verify-roster-chain.ts";
import { MATCHING_WORDS, spellBits, wordsOf } from "./words-of.ts";

/** Row 119 of docs/threat-model/hostile-operator.md: somebody searches for documents that are spelt alike. */
describe("somebody who searches for the same words", () => {
  test("row 119: has 88 bits to match: each of the first 88 changes one word, and no other bit changes any", () => {
    const hash = Uint8Array.from({ length: 32 }, (_, at) => (at * 37 + 11) & 0xff);
    const words = spellBits(hash, MATCHING_WORDS);
    for (let bit = 0; bit < 256; bit += 1) {
      const flipped = Uint8Array.from(hash, (byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
      const other = spellBits(flipped, MATCHING_WORDS);
      const changed = words.flatMap((word, place) => (word === other[place] ? [] : [place]));
      expect(changed, `bit ${bit}`).toEqual(bit < 88 ? [Math.floor(bit / 11)] : []);
    }
  });

  test("row 119: finds one of three asked words as often as chance in 2,048 tries, and never the three", () => {
    const target = wordsOf("a".repeat(26));
    const places = [1, 4, 6];
    const tries = 20_480;
    const hits = [0, 0, 0, 0];
    for (let tried = 0; tried < tries; tried += 1) {
      const words = wordsOf(`attempt ${tried}`);
      const same = places.filter((place) => words[place] === target[place]).length;
      hits[same] = (hits[same] ?? 0) + 1;
    }
    const expected = (tries * places.length) / 2_048;
    expect(Math.abs((hits[1] ?? 0) - expected)).toBeLessThan(4 * Math.sqrt(expected));
    expect(hits.slice(2)).toEqual([0, 0]);
  });

  test("row 119: chooses neither kind of bytes that are compared: both need 16 that the key server drew", async () => {
    const { domain } = SoftwareLedger.found();
    const genesis = parseRoster(decodeBase64url(domain.links[0]?.doc ?? ""));
    const introduction: Introduction = {
      ...{ typ: "intro", ver: 1, tid: domain.tid, aid: domain.agent.aid, label: "Shop", issued: 1, until: 2 },
      object: {
        kind: "custodian",
        seat: "a".repeat(26),
        routes: [{ route: "file", hpke: genesis.agents[0]?.hpke ?? "" }],
      },
      rand: encodeBase64url(new Uint8Array(16)),
    };
    const rands = Array.from({ length: 64 }, (_, at) => encodeBase64url(new Uint8Array(16).fill(at)));
    const tids = rands.map((rand) => wordsOf(deriveTid(encodeRoster({ ...genesis, rand }))).join(" "));
    const intros = rands.map((rand) => wordsOf(introductionHash(encodeIntroduction({ ...introduction, rand }))).join());
    expect([new Set(tids).size, new Set(intros).size]).toEqual([64, 64]);
    for (const rand of ["", encodeBase64url(new Uint8Array(15))]) {
      const refused = expect.objectContaining({ code: "E_SCHEMA" });
      expect(() => encodeRoster({ ...genesis, rand })).toThrow(refused);
      expect(() => encodeIntroduction({ ...introduction, rand })).toThrow(refused);
    }
    const { rand: _, ...without } = genesis;
    const link = { doc: encodeBase64url(encodeRoster(without)), approvals: [], possession: [] };
    await expect(verifyRosterChain([link])).rejects.toMatchObject({ code: "E_GENESIS" });
  });
});
