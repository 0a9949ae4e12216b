import { expect, test } from "vitest";
import { compareText } from "./witness.ts";

const fork = { kind: "fork", size: 4, own: 9 } as const;

test("witness compare says of a fork that changes are locked only where they are", () => {
  expect(compareText({ ...fork, locked: true })).toContain("Changes are locked");
  expect(compareText({ ...fork, locked: false })).toContain("Changes are not locked");
});
