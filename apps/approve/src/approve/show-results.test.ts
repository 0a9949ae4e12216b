import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { PageResult } from "../agent-page.ts";
import { type PlainElement, usePlainDocument } from "../testing/plain-document.ts";
import { isFault, resultRow } from "./show-results.ts";

let restore: () => void;
beforeAll(() => {
  restore = usePlainDocument();
});
afterAll(() => restore());

const said = (result: Omit<PageResult, "hash">) =>
  (resultRow({ hash: "h", ...result }, undefined) as unknown as PlainElement).text;

describe("what became of an approval", () => {
  it.each([
    [1, 2, "1 more administrator: at this same address"],
    [1, 3, "2 more administrators: at this same address"],
    // Enough people, and none of the group that has to be among them.
    [2, 2, "1 more administrator: at this same address"],
  ])(
    "that is %i of %i says who is still needed and where, and shows no code as if something were wrong",
    (have, need, text) => {
      const shown = said({ outcome: "pending", code: "E_QUORUM", have, need });
      expect(shown).toContain(`${have} of ${need} approvals`);
      expect(shown).toContain(text);
      expect(shown).not.toContain("E_QUORUM");
    },
  );

  it("that does not count for another reason shows its code", () => {
    expect(said({ outcome: "pending", code: "E_SELF", have: 0, need: 1 })).toContain("E_SELF");
    expect(said({ outcome: "refused", code: "E_PRESTATE" })).toContain("E_PRESTATE");
  });
});

test("an approval that counted and waits for others shows no code, and what was refused shows its own", () => {
  expect(isFault({ outcome: "pending", code: "E_QUORUM" })).toBe(false);
  expect(isFault({ outcome: "pending", code: "E_VETO" })).toBe(true);
  expect(isFault({ outcome: "refused", code: "E_QUORUM" })).toBe(true);
});
