import { expect, test } from "vitest";
import { approvalPageHeaders } from "./page-headers.ts";

const HASHES = { script: "sha256-c2NyaXB0", style: "sha256-c3R5bGU=" };

test.each(["self", "none"] as const)("an approval page runs its own script and style alone, and speaks to %s", (to) => {
  const { "content-security-policy": policy = "", ...rest } = approvalPageHeaders(HASHES, to);
  const rules = new Map(policy.split("; ").map((rule) => [rule.split(" ")[0], rule]));
  expect(rules.get("script-src")).toBe(`script-src '${HASHES.script}'`);
  expect(rules.get("style-src")).toBe(`style-src '${HASHES.style}'`);
  expect(rules.get("connect-src")).toBe(`connect-src '${to}'`);
  for (const closed of ["default-src", "base-uri", "form-action", "frame-ancestors"])
    expect(rules.get(closed)).toBe(`${closed} 'none'`);
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(rest).toMatchObject({
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
  });
});
