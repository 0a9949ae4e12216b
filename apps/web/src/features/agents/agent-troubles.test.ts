import { expect, test } from "vitest";
import { agentCondition, isServing, SILENT_AFTER_SECONDS, troublesOf } from "./agent-troubles.ts";
import type { AgentRow } from "./use-agents.ts";

const NOW = 1_800_000_000;
const WELL = {
  ...{ aid: "a_1", name: "alpha", kek: "file", lastSeenAt: NOW, conditions: [] },
  ...{ sealed: false, locked: false, recovering: false },
} as unknown as AgentRow;
const words = (agent: Partial<AgentRow>) => troublesOf({ ...WELL, ...agent }, NOW).map(({ word }) => word);

test("one that is well has nothing to see to and serves", () => {
  expect(words({})).toEqual([]);
  expect([agentCondition(WELL, NOW), isServing(WELL, NOW)]).toEqual([["serving", "good"], true]);
  const locked = { ...WELL, locked: true };
  expect([agentCondition(locked, NOW), isServing(locked, NOW)]).toEqual([["locked", "warning"], true]);
});

test("a sealed one is told as sealed for as long as it says nothing more, and not as one that is not heard", () => {
  expect(words({ sealed: true, lastSeenAt: NOW - 86_400 })).toEqual(["sealed"]);
  expect(isServing({ ...WELL, sealed: true }, NOW)).toBe(false);
});

test("what one said before it fell silent is not told as what is now", () => {
  const conditions = [{ kind: "disk.failed", at: NOW, count: 1 }];
  expect(words({ conditions, lastSeenAt: NOW - SILENT_AFTER_SECONDS - 1 })).toEqual(["not heard"]);
  expect(words({ conditions, lastSeenAt: NOW - SILENT_AFTER_SECONDS })).toEqual(["disk failed"]);
});

test("every condition of the specification has words with a next step, the worst comes first, and an unknown one is shown all the same", () => {
  const kinds = [
    ...["pages.unserved", "witnesses.silent", "disk.failed", "clock.off", "records.locked", "log.problem"],
    ...["disk.doubtful", "later.kind"],
  ];
  const found = troublesOf({ ...WELL, recovering: true, conditions: kinds.map((kind) => ({ kind })) }, NOW);
  expect(found).toHaveLength(kinds.length + 1);
  expect(new Set(found.map(({ word }) => word)).size).toBe(found.length);
  expect(found.filter(({ next, means, title }) => !(next && means && title))).toEqual([]);
  expect(found[0]?.word).toBe("recovering"); // it alone does not serve
  const tones = found.slice(1).map(({ tone }) => tone);
  expect(tones).toEqual([...tones].sort());
  expect(found.filter(({ title }) => title.includes("later.kind"))).toHaveLength(1);
});

test("a failing disk says how often and that nothing is lost; one in doubt says what stops and what goes on", () => {
  const [failed] = troublesOf({ ...WELL, conditions: [{ kind: "disk.failed", at: NOW, count: 3 }] }, NOW);
  expect(failed).toMatchObject({ tone: "warning", serves: true, means: expect.stringContaining("nothing is lost") });
  expect(failed?.title).toContain("failed 3 times");
  const [doubtful] = troublesOf({ ...WELL, conditions: [{ kind: "disk.doubtful", at: NOW }] }, NOW);
  expect(doubtful).toMatchObject({
    tone: "danger",
    means: expect.stringMatching(/Nothing is changed.*decryption go on/),
  });
});
