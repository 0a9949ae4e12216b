import type { Grant } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { operationsOn } from "./operations-on.ts";

const CLIENT = `c_${"a".repeat(26)}`;
const KEY = {
  ...{ id: `k_${"a".repeat(26)}`, group: "default", ownerClient: CLIENT as string | null },
  ...{ usage: ["sign"], extractable: false },
};
const own = (...ops: Grant["ops"][number][]): Grant[] => [{ ops, keys: { kind: "own" } }];

test("a grant counts for what the key does, and not for what is about no key", () => {
  expect(operationsOn(KEY, CLIENT, own("encrypt", "sign", "create", "random"))).toEqual(["sign"]);
  expect(operationsOn({ ...KEY, usage: ["verifymac"] }, CLIENT, own("mac", "sign"))).toEqual(["mac"]);
});

test("what may not leave is not said to be taken out", () => {
  expect(operationsOn(KEY, CLIENT, own("get", "locate"))).toEqual(["locate"]);
  expect(operationsOn({ ...KEY, extractable: true }, CLIENT, own("get"))).toEqual(["get"]);
});

test("another client's own keys are none of its", () => {
  expect(operationsOn({ ...KEY, ownerClient: null }, CLIENT, own("all"))).toEqual([]);
});
