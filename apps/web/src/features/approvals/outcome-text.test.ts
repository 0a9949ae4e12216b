import { COMMAND_STATUSES } from "@holdfast/db";
import { describe, expect, test } from "vitest";
import { outcomeText, shownCode } from "./outcome-text.ts";

describe("what became of a command", () => {
  test.each(COMMAND_STATUSES)("has a word of its own: %s", (status) => {
    const [word] = outcomeText({ status, due: null });
    expect(word).toMatch(/^[a-z, ]+$/);
    expect(COMMAND_STATUSES.filter((each) => outcomeText({ status: each, due: null })[0] === word)).toEqual([status]);
  });

  test("is stopped, not rejected, when it was approved and waited its delay", () => {
    expect(outcomeText({ status: "cancelled", due: null })[0]).toBe("rejected");
    expect(outcomeText({ status: "cancelled", due: 1_900_000_000 })[0]).toBe("stopped");
  });

  test("shows the code of a refusal and none of a rejection", () => {
    expect(shownCode({ code: "E_CANCELLED" })).toBeNull();
    expect(shownCode({ code: "E_PRESTATE" })).toBe("E_PRESTATE");
  });
});
