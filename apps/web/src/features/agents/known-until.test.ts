import { expect, test } from "vitest";
import { showDate } from "../../components/time-text.ts";
import { knownUntil } from "./known-until.ts";

const NOW = Math.floor(new Date(2026, 10, 26, 18, 49, 30).getTime() / 1000);

test("what is known of use reaches to when the key server was last heard, and the last minutes of that may be missing", () => {
  expect(knownUntil([{ lastSeenAt: NOW - 60 }], NOW)).toBe("as of 18:48; the last minute or two may be missing");
});

test("a key server that is silent holds back what is known, and one that never told anything leaves no time", () => {
  const silent = NOW - 3 * 86_400;
  expect(knownUntil([{ lastSeenAt: NOW }, { lastSeenAt: silent }], NOW)).toContain(`as of ${showDate(silent)};`);
  for (const agents of [[], [{ lastSeenAt: null }], [{ lastSeenAt: NOW }, { lastSeenAt: null }]])
    expect(knownUntil(agents, NOW)).toBe("as far as your key server has told");
});
