import { errorText, HoldfastError } from "@holdfast/protocol";
import { TRPCError } from "@trpc/server";
import { expect, test } from "vitest";
import { WebError } from "../web-error.ts";
import { problemFor, toTrpcError } from "./error-format.ts";
import { errorMeaning } from "./error-map.ts";

test("a code of the protocol has the protocol's words", () => {
  expect(errorMeaning("E_TENANT")).toEqual({ trpc: "BAD_REQUEST", ...errorText.E_TENANT });
});

test("a refusal is told as its code, a sentence and a next step, with its HTTP meaning", () => {
  const error = toTrpcError(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: new WebError("NOT_FOUND") }));
  expect(error.code).toBe("NOT_FOUND");
  expect(problemFor(error)).toEqual({
    code: "NOT_FOUND",
    what: "There is nothing here that you may see.",
    keys: "No key was changed by this.",
    next: "Check the address.",
  });
});

test("what nobody foresaw is told as that, and its cause is not", () => {
  class Unknown extends HoldfastError<string> {
    readonly code = "toString";
  }
  for (const cause of [
    new TypeError("secret"),
    new Unknown("secret"),
    Object.assign(new Error("secret"), { code: "RATE" }),
  ]) {
    const problem = problemFor(new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "secret", cause }));
    expect(problem.what).toBe("Something went wrong in the dashboard's server.");
    expect(JSON.stringify(problem)).not.toContain("secret");
  }
});
