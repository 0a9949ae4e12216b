import { readFileSync } from "node:fs";
import { ENUM } from "@holdfast/kmip";
import { GRANT_OPERATIONS, grantPermits } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { OperationError } from "../../operations/errors.ts";
import { OPERATION_TABLE } from "./operations/operation-table.ts";
import { failureOf } from "./result-reason.ts";

const page = readFileSync(new URL("../../../../../docs/integrations/README.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| ([A-Z][^|]+) \| ((?:`[a-z]+`|none)[^|]*) \|$/gm)];

describe("a missing grant", () => {
  test("is named in the answer, and a refusal of another kind says nothing more", () => {
    const { message, reason } = failureOf(new OperationError("E_GRANT", undefined, { operation: "get", keyId: "k" }));
    expect([message, reason]).toEqual([
      "No grant of the client permits this. Missing: get.",
      ENUM.ResultReason.PermissionDenied,
    ]);
    expect(failureOf(new OperationError("E_NOT_FOUND", undefined, { operation: "get" })).message).not.toContain("get");
  });
});

describe("the page of integrations", () => {
  test("says of `all` just what it leaves out", () => {
    const [sentence = ""] = /`all` does not include[^:]*:/.exec(page) ?? [];
    const said = [...sentence.matchAll(/`([a-z]+)`/g)].map(([, word]) => word).filter((word) => word !== "all");
    expect(said.sort()).toEqual(GRANT_OPERATIONS.filter((each) => !grantPermits(["all"], each)).sort());
  });

  test("names operations that are served and grants that exist, and every grant that an operation needs", () => {
    const served = new Set(Object.keys(OPERATION_TABLE).map((name) => name.toLowerCase()));
    const operations = rows.flatMap(([, names = ""]) => names.split(", "));
    for (const name of operations)
      expect(
        served.has(
          name
            .toLowerCase()
            .replace(/[ -]/g, "")
            .replace(/^(add|modify|set|adjust)$/, "$1attribute"),
        ),
        name,
      ).toBe(true);
    const grants = rows.flatMap(([, , words = ""]) => [...words.matchAll(/`([a-z]+)`/g)].map(([, word]) => word));
    expect([...new Set(grants)].sort()).toEqual(GRANT_OPERATIONS.filter((each) => each !== "all").sort());
  });
});
