import { expect, test } from "vitest";
import { entryText } from "./audit.ts";

test("an entry that only accounts for a usage limit is told as that, and others by their kind and code", () => {
  expect(entryText(null, { kind: "key.attributes", data: { spent: 600 } })).toBe(
    "key.attributes (600 of its usage limit given out so far)",
  );
  expect(entryText(null, { kind: "key.attributes", data: { bag: "A" } })).toBe("key.attributes");
  expect(entryText("E_PRESTATE", { kind: "command.refused" })).toBe("command.refused E_PRESTATE");
});
