import { describe, expect, it } from "vitest";
import { OperationError } from "../../operations/errors.ts";
import { problemOf } from "./problem.ts";

describe("a refusal for a key's state", () => {
  it.each([
    ["suspended", "neither encrypts nor decrypts", "Ask an administrator to resume it"],
    ["deactivated", "opens old data and encrypts nothing new", "Encrypt with an active key"],
    ["compromised", "opens old data and encrypts nothing new", "/v1/reencrypt"],
    ["destroyed", "opens for nobody", "Use an active key"],
    ["destroyed-compromised", "opens for nobody", "Use an active key"],
    ["pre-active", "not active yet", "Use an active key"],
  ])("says what %s means and what helps", (state, detail, next) => {
    const { status, text } = problemOf(new OperationError("E_KEY_STATE", undefined, { keyId: "k_1", state }));
    const problem = JSON.parse(text) as { detail: string; next: string; about: object };
    expect(status).toBe(409);
    expect(problem.detail).toContain(detail);
    expect(problem.next).toContain(next);
    expect(problem.about).toEqual({ keyId: "k_1", state });
  });
});

it("says of a sealed key server whether it opens by itself or somebody has to unseal it", () => {
  const next = (detail: Record<string, string>) =>
    (JSON.parse(problemOf(new OperationError("E_SEALED", undefined, detail)).text) as { next: string }).next;
  expect(next({ waitsFor: "token" })).toContain("unseals itself");
  expect(next({})).toContain("holdfast-agent unseal");
});
