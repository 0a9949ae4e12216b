import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

test.each([
  "two\nlines\r\n",
  "\u001b[2Jcleared",
  "\u009b2Jcleared",
  "a\u202eb\u2066c",
  "line\u2028separator",
  "zero\u200bwidth\ufeff",
  '","level":"info',
  "\ud800",
])("row 90: %j stays inside its own field of one line of the log, and nothing of it reaches a terminal", (name) => {
  const lines: string[] = [];
  createLogger((line) => lines.push(line)).warn("command.refused", { name });
  const [line = ""] = lines;
  expect(lines).toHaveLength(1);
  expect(JSON.parse(line)).toMatchObject({ level: "warn", event: "command.refused", name });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/);
});
