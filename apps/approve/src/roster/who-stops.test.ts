import { expect, test } from "vitest";
import { whoStopsWaiting } from "./who-stops.ts";

test("nobody is told that a change can be stopped where no objection counts, and everybody is told who can where one does", () => {
  for (const kind of ["recover", "update"])
    expect(whoStopsWaiting({ kind, mayObject: false })).toMatch(/^Nobody can stop it/);
  expect(whoStopsWaiting({ kind: "recover", mayObject: true })).toMatch(/^Whoever still has a passkey .* once\.$/);
  expect(whoStopsWaiting({ kind: "update", mayObject: true }, " here")).toBe(
    "Any administrator can stop it here until then.",
  );
});
