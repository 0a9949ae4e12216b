import type { PolicyRule } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { actsWithoutRule, noDelayText, offersDelay, offersNoSelf } from "./rule-choices.ts";

const rule = (act: PolicyRule["act"], delaySec = 0): PolicyRule => ({ act, m: 1, delaySec, maxTtlSec: 3600 });

test("a rule's form asks for a delay only where key servers take one, or to end one that stands", () => {
  const policy = [rule("*"), rule("client.enrol", 3600), rule("domain.unlock")];
  for (const act of ["key.destroy", "schedule.set", "roster.update", "client.enrol"] as const)
    expect(offersDelay(policy, act), act).toBe(true);
  for (const act of ["*", "key.create", "client.revoke", "backup.policy", "domain.unlock"] as const)
    expect(offersDelay(policy, act), act).toBe(false);
  expect(noDelayText("*")).toMatch(/each by a rule of its own/);
  expect(noDelayText("client.revoke")).toMatch(/Ask for more approvals instead/);
});

test("a rule's form offers acts that key servers carry out and that have none, and leaves no proposer out of a change that has none", () => {
  const acts = actsWithoutRule([rule("*"), rule("key.destroy")]);
  expect(acts).toContain("client.enrol");
  for (const not of ["key.destroy", "key.register", "key.resolve", "*"]) expect(acts).not.toContain(not);
  expect([offersNoSelf("key.destroy"), offersNoSelf("roster.update")]).toEqual([true, false]);
});
