import { encodeBase64url, encodeRoster, type Roster } from "@holdfast/protocol";
import { SoftwareDomain } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { aloneWords, approvalsSoFar } from "./link-words.ts";

test("approvals of today's people and of those afterwards are counted apart where they differ", () => {
  expect(approvalsSoFar({ have: 1, need: 2 }, { have: 1, need: 2 })).toBe("1 of 2 approvals");
  expect(approvalsSoFar({ have: 1, need: 2 }, undefined)).toBe("1 of 2 approvals");
  expect(approvalsSoFar({ have: 0, need: 1 }, { have: 1, need: 1 })).toBe(
    "0 of 1 of today's administrators, 1 of 1 of those afterwards",
  );
});

test("a passkey of the address that a change moves to is said to decide for those afterwards, today's for today's", () => {
  const { roster } = SoftwareDomain.found({ seed: "moving" });
  const [today, afterwards] = ["https://old.example.com", "https://new.example.com"];
  const at = (origin: string): Roster => ({
    ...roster,
    admins: roster.admins.map((one) => ({
      ...one,
      creds: one.creds.map((each) => ("origin" in each ? { ...each, origin, rpId: new URL(origin).hostname } : each)),
    })),
  });
  const base = encodeBase64url(encodeRoster(at(today)));
  const shown = { link: { base }, next: at(afterwards) };
  expect(aloneWords(shown, afterwards)).toContain(
    "new passkey decides at this address for those who decide afterwards",
  );
  expect(aloneWords(shown, today)).toContain("alone decides for those who decide now");
});
