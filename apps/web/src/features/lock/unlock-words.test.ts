import { defaultPolicy, type PolicyRule } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { unlockWords } from "./unlock-words.ts";

const unlock = (rule: Partial<PolicyRule>) =>
  unlockWords({
    policy: [
      { act: "*", m: 1, delaySec: 0, maxTtlSec: 60 },
      { act: "domain.unlock", m: 1, delaySec: 0, maxTtlSec: 60, ...rule },
    ],
  });

test("how a lock ends is told by the rules in force: how many, of whom, and after how long", () => {
  expect(unlock({})).toBe("One administrator unlocks it, at your key server's page. It does not end by itself.");
  expect(unlock({ m: 2, groups: ["security"], noSelf: true, delaySec: 86_400 })).toBe(
    "2 administrators unlock it together, of security, besides who proposes it, at your key server's page; it then waits 1 day. It does not end by itself.",
  );
  expect(unlockWords({ policy: defaultPolicy(2) })).toContain("administrator");
});
