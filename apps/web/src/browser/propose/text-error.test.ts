import { describe, expect, test } from "vitest";
import { textError } from "./text-error.ts";

describe("a text that is to be signed", () => {
  test.each([
    ["a tab", "a\tb"],
    ["a zero-width space", "a\u200bb"],
    ["a soft hyphen", "a\u00adb"],
    ["a character that turns the reading direction", "a\u202eb"],
    ["half a character", "a\ud800b"],
  ])("is refused at its field with %s in it", (_, text) => {
    expect(textError(text, 128)).toMatch(/nobody can see/);
  });

  test("may be anything that can be seen, in any script and any normal form, up to its length", () => {
    expect(textError("Schlüssel 鍵 🔑", 128)).toBeNull();
    expect(textError("u\u0308".repeat(128), 128)).toBeNull();
    expect(textError("x".repeat(129), 128)).toBe("At most 128 characters.");
  });

  test("may be empty and may stand between spaces, which are not part of it", () => {
    expect(textError("", 500)).toBeNull();
    expect(textError("\tpasted\n", 500)).toBeNull();
  });
});
