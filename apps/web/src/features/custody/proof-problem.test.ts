import { TLOG_ERROR_CODES } from "@holdfast/tlog";
import { describe, expect, test } from "vitest";
import { ProofError } from "../../browser/prove/proof-error.ts";
import { proofProblem } from "./proof-problem.ts";

describe("a refusal by this browser", () => {
  test("is an alarm that names its code", () => {
    const problem = proofProblem(new ProofError("P_TID", "another environment"));
    expect(problem).toMatchObject({ code: "P_TID", what: expect.stringContaining("not the one whose words") });
  });

  test.each(TLOG_ERROR_CODES.filter((code) => code.startsWith("V_") || code.startsWith("W_")))(
    "of the log's own verdicts is an alarm: %s",
    (code) => {
      expect(proofProblem({ code })).toMatchObject({ code });
    },
  );

  test.each(["P_ROLLBACK", "V_STALE"])(
    "says how a restored database heals, where it is behind what was seen: %s",
    (code) => {
      expect(proofProblem({ code })?.next).toMatch(/restored from an older copy.*goes away by itself.*If it stays/);
      expect(proofProblem({ code: "V_CONSISTENCY" })?.next).not.toContain("restored");
    },
  );

  test.each([{ code: "E_NETWORK" }, { code: "UNAUTHORIZED" }, new TypeError("x"), null])(
    "is not made of what is no verdict about evidence",
    (error) => {
      expect(proofProblem(error)).toBeNull();
    },
  );
});
