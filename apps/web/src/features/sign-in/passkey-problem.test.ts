import { describe, expect, test } from "vitest";
import { passkeyProblem } from "./passkey-problem.ts";

/** As the ceremony's library throws it: an error of its own around the browser's. */
function thrown(name: string): Error {
  return Object.assign(new Error("raw words of the browser", { cause: new DOMException("raw", name) }), { name });
}

describe("a passkey ceremony that failed", () => {
  test.each(["NotAllowedError", "AbortError", "InvalidStateError", "NotSupportedError", "SecurityError"])(
    "is told in words and by our own code, never as %s",
    (name) => {
      const { what, next, code } = passkeyProblem(thrown(name));
      expect(code).toMatch(/^PASSKEY_[A-Z]+$/);
      expect(`${what} ${next}`).not.toMatch(/raw|Error/);
    },
  );
});
