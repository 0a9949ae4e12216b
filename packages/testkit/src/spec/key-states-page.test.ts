import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KEY_STATES_PAGE, keyStatesPage } from "./key-states-page.ts";

test("docs/compliance/key-states.md says what the program does", () => {
  expect(readFileSync(KEY_STATES_PAGE, "utf8")).toBe(keyStatesPage());
});
