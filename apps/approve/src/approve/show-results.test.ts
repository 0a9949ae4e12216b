import { expect, test } from "vitest";
import { isFault } from "./show-results.ts";

test("an approval that counted and waits for others shows no code, and what was refused shows its own", () => {
  expect(isFault({ outcome: "pending", code: "E_QUORUM" })).toBe(false);
  expect(isFault({ outcome: "pending", code: "E_VETO" })).toBe(true);
  expect(isFault({ outcome: "refused", code: "E_QUORUM" })).toBe(true);
});
