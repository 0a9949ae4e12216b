import { describe, expect, test } from "vitest";
import { safePlace } from "./safe-place.ts";

describe("the place after signing in", () => {
  test.each(["/", "/a/b/keys?state=active&q=x", "/a/b/approvals?view=history"])(
    "may be a page of ours: %s",
    (place) => {
      expect(safePlace(place)).toBe(place);
    },
  );

  test.each([null, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in"])(
    "is never another site or a loop: %s",
    (place) => {
      expect(safePlace(place)).toBe("/");
    },
  );
});
