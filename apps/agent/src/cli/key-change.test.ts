import { expect, test } from "vitest";
import { rotatedText } from "./key-change.ts";

const rotated = (limit: { unit: "object"; total: number; spent: number; remaining: number } | null) =>
  rotatedText({ label: "orders", version: 2, limit });

test("a rotation promises no protection by a key whose usage limit is used up, and says that it renews none", () => {
  const limit = { unit: "object", total: 9, spent: 9, remaining: 0 } as const;
  expect(rotated(limit)).not.toContain("protects from now on");
  expect(rotated(limit)).toContain("rotation does not renew it: the key protects nothing new");
  expect(rotated({ ...limit, spent: 8, remaining: 1 })).toContain("protects from now on");
  expect(rotated({ ...limit, spent: 8, remaining: 1 })).toContain("rotation does not renew it");
  expect(rotated(null)).not.toContain("limit");
});
