import { describe, expect, it } from "vitest";
import { asName, nameProblem } from "./name-problem.ts";

describe("an administrator's name", () => {
  it.each(["Ada Lovelace", "Zo\u0065\u0308", "李 小龍", "O'Brien-Ñ", "a".repeat(64)])("may be %s", (typed) => {
    expect(nameProblem(asName(typed))).toBeNull();
  });

  it.each([
    ["nothing", "", "type your name"],
    ["spaces only", "  ", "type your name"],
    ["a zero-width space", "Ada\u200b", "cannot be seen"],
    ["a soft hyphen", "A\u00adda", "cannot be seen"],
    ["a tab", "Ada\tL", "cannot be seen"],
    ["a marker of direction", "Ada\u202e", "cannot be seen"],
    ["too long", "a".repeat(65), "too long"],
  ])("is not %s", (_, typed, said) => {
    expect(nameProblem(asName(typed))).toContain(said);
  });
});
