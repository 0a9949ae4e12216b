import { describe, expect, test } from "vitest";
import { enrolSnippet, permitStanding } from "./permit-standing.ts";

const NOW = 1_900_000_000;
const ROW = { state: "active", notAfter: NOW + 60, letIn: 3, permit: { most: 5 } } as const;

describe("an enrolment secret", () => {
  test("says how many more it lets in, and that it lets in nobody once it is withdrawn, over or used up", () => {
    expect(permitStanding(ROW, NOW)).toMatchObject({ left: 2, word: "Lets in", open: true });
    expect(permitStanding({ ...ROW, state: "revoked" }, NOW)).toMatchObject({
      left: 0,
      word: "Withdrawn",
      open: false,
    });
    expect(permitStanding(ROW, NOW + 59)).toMatchObject({ open: true });
    expect(permitStanding(ROW, NOW + 60)).toMatchObject({ left: 0, word: "Ended", open: false });
    expect(permitStanding({ ...ROW, letIn: 5 }, NOW)).toMatchObject({ left: 0, word: "Used up", open: false });
  });

  test("comes with the command of the machine, which names the key server where it is known", () => {
    expect(enrolSnippet("https://kms.example:7443/")).toBe(
      "holdfast-agent client enrol --server https://kms.example:7443 --secret enrolment.secret --ca ca.crt --cert ./keys",
    );
    expect(enrolSnippet(null)).toContain("https://KEY-SERVER:7443");
  });
});
