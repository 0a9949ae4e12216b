import { hostname } from "node:os";
import { expect, test } from "vitest";
import { serverNames } from "./server-names.ts";

test("a listener goes by the machine's own name, unless the approval page was set up for that", () => {
  const own = hostname().toLowerCase();
  expect(serverNames("0.0.0.0", [], null)).toContain(own);
  expect(serverNames("0.0.0.0", [], null, ["keys.example.com"])).toContain(own);
  expect(serverNames("0.0.0.0", [], null, [own])).not.toContain(own);
  expect(serverNames("0.0.0.0", [], own)).not.toContain(own);
});
