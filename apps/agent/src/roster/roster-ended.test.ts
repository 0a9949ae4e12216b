import { recoveryKey, SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { deliver, draft } from "./testing/links.ts";
import { recoveredBy } from "./testing/recoveries.ts";

const DAY = 86_400;
let agent: PasskeyAgent;
let ada: SoftwareAdministrator;

beforeEach(async () => {
  ada = new SoftwareAdministrator({ label: "Ada" });
  agent = await PasskeyAgent.found({ administrators: [ada], change: recoveredBy([recoveryKey("on paper")]) });
  await agent.key();
});
afterEach(() => agent.close());

const run = async (seconds: number) => {
  for (let passed = 0; passed < seconds; passed += 120) {
    agent.clock.advance(120);
    await agent.domain.links.runDue();
  }
};
const end = () => agent.clock.advance(agent.domain.rosters.current().roster.notAfter - agent.clock.now() + 3_600);

test("a locked domain whose roster has ended takes its renewal, and is then unlocked", async () => {
  await agent.apply("domain.lock");
  end();
  await agent.restart();
  const unlock = () => agent.deliver(agent.propose("domain.unlock"), 0);
  expect(await unlock()).toMatchObject({ outcome: "refused", code: "E_ROSTER_EXPIRED" });
  const other = draft(agent, { renew: true }, [], (roster) => ({
    ...roster,
    policy: roster.policy.map((rule) => (rule.act === "key.destroy" ? { ...rule, delaySec: 0 } : rule)),
  }));
  expect(await deliver(agent, other, ada)).toMatchObject({ outcome: "refused", code: "E_ROSTER_EXPIRED" });
  expect(await deliver(agent, draft(agent, { renew: true }), ada)).toMatchObject({ outcome: "scheduled" });
  await run(DAY + 240);
  expect(agent.domain.rosters.current().roster.seq).toBe(1);
  expect(agent.domain.keystore.domain().locked).toBe(true);
  expect(await unlock()).toMatchObject({ outcome: "applied" });
  expect((await agent.key("after")).label).toBe("after");
});

test("a link that changes nothing is refused, signed or not, and takes no place of the chain", async () => {
  const nothing = draft(agent, { policy: "keep", renew: true }, [], (roster) => ({
    ...roster,
    notAfter: agent.domain.rosters.current().roster.notAfter,
  }));
  expect(await deliver(agent, nothing, ada)).toMatchObject({ outcome: "refused", code: "E_UNCHANGED" });
  expect(await deliver(agent, nothing)).toMatchObject({ outcome: "refused", code: "E_UNCHANGED" });
  expect(agent.domain.rosters.current().roster.seq).toBe(0);
  expect(await agent.domain.links.propose({ policy: "default" })).toMatchObject({
    outcome: "refused",
    code: "E_UNCHANGED",
    what: expect.stringContaining("It is so already"),
    next: expect.stringContaining("roster show"),
  });
  expect(agent.domain.links.pending()).toEqual([]);
});

test("a longer delay of roster.update waits the delay that holds, and none is longer than 30 days", async () => {
  const delayed = (delaySec: number, maxTtlSec = 604_800) =>
    draft(agent, { renew: true }, [], (roster) => ({
      ...roster,
      notAfter: agent.domain.rosters.current().roster.notAfter,
      policy: roster.policy.map((rule) => (rule.act === "roster.update" ? { ...rule, delaySec, maxTtlSec } : rule)),
    }));
  expect(await deliver(agent, delayed(315_360_000), ada)).toMatchObject({
    outcome: "refused",
    code: "E_ROSTER_SCHEMA",
  });
  expect(await deliver(agent, delayed(30 * DAY), ada)).toMatchObject({
    outcome: "scheduled",
    due: agent.clock.now() + DAY,
  });
  expect(agent.domain.rosters.current().roster.seq).toBe(0);
});
