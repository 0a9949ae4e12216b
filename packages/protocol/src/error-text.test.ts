import { describe, expect, test } from "vitest";
import { errorText, findErrorText } from "./error-text.ts";
import { PROTOCOL_ERROR_CODES } from "./errors.ts";

describe("the text of a code", () => {
  test("is there for every code that this package throws", () => {
    for (const code of PROTOCOL_ERROR_CODES) expect(findErrorText(code), code).not.toBeNull();
  });

  test.each(Object.entries(errorText))("%s says what happened and what to do, in sentences", (_, { what, next }) => {
    for (const sentence of [what, next]) expect(sentence).toMatch(/^[A-Z`].{8,}\.$/);
  });

  test.each(["constructor", "__proto__", "E_NOTHING", ""])("of %j, which is none, is null", (code) => {
    expect(findErrorText(code)).toBeNull();
  });

  test("says the same of no two codes", () => {
    const texts = Object.values(errorText).map(({ what }) => what);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
