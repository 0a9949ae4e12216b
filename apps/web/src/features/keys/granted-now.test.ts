import { expect, test } from "vitest";
import { grantedNow } from "./granted-now.ts";
import { idleText } from "./period-text.ts";

const OPS = ["decrypt", "encrypt", "locate"];

test("clients of a retired or exposed key are not said to encrypt or sign with it, and of a destroyed one to do anything", () => {
  expect(grantedNow(OPS, "active")).toBe("decrypt, encrypt, list keys");
  for (const state of ["deactivated", "compromised"]) {
    expect(grantedNow(OPS, state)).toBe("decrypt, list keys");
    expect(grantedNow(["mac", "verify"], state)).toBe("check authentication");
    expect(grantedNow(["sign"], state)).toBe("nothing any more");
  }
  expect(grantedNow(OPS, "destroyed")).toBe("nothing: the key is gone");
});

test("the key server is said to rotate, retire or remind only where a schedule can be set", () => {
  const said = (state: "active" | "deactivated" | "destroyed" | "pre-active") =>
    idleText({ state, planned: {}, ownerClient: null, destroyDue: null }, 0);
  expect(said("active")).toContain("can rotate it");
  for (const state of ["deactivated", "destroyed", "pre-active"] as const)
    expect(said(state)).not.toContain("rotate it");
});
