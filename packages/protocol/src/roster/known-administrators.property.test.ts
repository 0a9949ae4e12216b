import { SoftwareDomain } from "@holdfast/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeOkpCoseKey } from "../cose/cose-key.ts";
import { encodeBase64url } from "../encoding/base64url.ts";
import { HoldfastError } from "../errors.ts";
import { checkRoster } from "./check-roster.ts";
import { type Administrator, encodeRoster, parseRoster, type Roster } from "./roster.ts";

const domain = SoftwareDomain.found({ seed: "known administrators", administrators: 4 });
const roster = domain.nextRoster((next) => next);
const [first, second] = roster.admins as [Administrator, Administrator];
const [passkey] = first.creds as [Administrator["creds"][0]];

/** An administrator with the first one's credential, changed, under another id. */
function other(adm: string, change: object): Administrator {
  return { ...first, adm, creds: [{ ...passkey, ...change } as typeof passkey] };
}

const [one, two] = ["a".repeat(26), `e${"a".repeat(25)}`] as [string, string];
const fresh = {
  credId: encodeBase64url(new Uint8Array(32)),
  cose: encodeBase64url(encodeOkpCoseKey(new Uint8Array(32))),
};
const POOL = [
  ...roster.admins,
  { ...second, adm: first.adm },
  other(one, {}),
  other(one, { credId: fresh.credId }),
  other(two, { cose: fresh.cose, alg: "EdDSA" }),
  other(two, { ...fresh, alg: "EdDSA" }),
  other(two, { ...fresh, alg: "ES256" }),
  other(two, { ...fresh, alg: "EdDSA", origin: "http://keys.example.com" }),
  other(two, { ...fresh, alg: "EdDSA", channel: "this-machine" }),
];

function verdict(given: Roster): string {
  try {
    checkRoster(given);
    return "kept";
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

test("administrators and rules that were checked in rosters before change no verdict on the next", () => {
  const seen = new Set<string>();
  const lists = fc.array(fc.array(fc.constantFrom(...POOL), { minLength: 1, maxLength: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(lists, (histories) => {
      for (const admins of histories) {
        const bytes = encodeRoster({ ...roster, admins });
        // A copy is nothing that anybody has seen before.
        const anew = verdict(structuredClone(parseRoster(bytes)));
        expect([verdict(parseRoster(bytes)), verdict(parseRoster(bytes))]).toEqual([anew, anew]);
        seen.add(anew);
      }
    }),
    { numRuns: 150 },
  );
  expect(seen.size).toBeGreaterThan(4);
  expect(seen).toContain("kept");
});
