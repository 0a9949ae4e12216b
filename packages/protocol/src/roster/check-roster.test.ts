import { SoftwareDomain } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { checkRoster } from "./check-roster.ts";
import type { PolicyRule, Roster } from "./roster.ts";

test("a rule that asks for too many people is refused by act and number", () => {
  const administrators = ["Ada", "Grace"].map((label) => ({ label }));
  const { roster } = SoftwareDomain.found({ seed: "rules", administrators });
  const withRule = (rule: Partial<PolicyRule> & Pick<PolicyRule, "act">): Roster => ({
    ...roster,
    policy: [
      ...roster.policy.filter(({ act }) => act !== rule.act),
      { m: 1, delaySec: 0, maxTtlSec: 259_200, ...rule } as PolicyRule,
    ],
  });
  const refused = (rule: Parameters<typeof withRule>[0]) => expect(() => checkRoster(withRule(rule)));
  expect(() => checkRoster(withRule({ act: "key.destroy", m: 2 }))).not.toThrow();
  refused({ act: "key.destroy", m: 3 }).toThrow(
    "key.destroy needs 3 administrators, more than a change of the roster (roster.update: 2)",
  );
  refused({ act: "roster.update", m: 3 }).toThrow("roster.update needs 3, more administrators than there are: 2");
  refused({ act: "export.wrap", m: 2, groups: ["security"] }).toThrow(
    "export.wrap needs 2, more administrators than are in security: 0",
  );
});
