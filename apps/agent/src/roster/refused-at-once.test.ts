import { recoveryKey, SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { moveRoute } from "../admin/move-routes.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import type { AgentPages } from "../local-page/agent-pages.ts";
import { recoveryState } from "./recovery.ts";
import { adding, deliver, draft } from "./testing/links.ts";
import { drafted, objected, recoveredBy, signed } from "./testing/recoveries.ts";

const [PAPER, SAFE] = [recoveryKey("on paper"), recoveryKey("in the safe")];

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
beforeEach(async () => {
  ada = new SoftwareAdministrator({ label: "Ada" });
  agent = await PasskeyAgent.found({ administrators: [ada], change: recoveredBy([PAPER, SAFE]) });
  await agent.key();
});
afterEach(() => agent.close());

const waiting = () => agent.domain.links.pending().map(({ hash }) => hash);
const delayOf = (act: string) => {
  const { policy } = agent.domain.rosters.current().roster;
  return [...policy.filter((rule) => rule.act !== act), { act, m: 1, delaySec: 3_600, maxTtlSec: 259_200 }] as never;
};
const recover = async () => {
  const hash = await drafted(agent, ada.anew("Ada's new phone"));
  return { hash, signed: await signed(agent, hash, PAPER) };
};

describe("a rule that this key server cannot keep", () => {
  test.each(["client.enrol", "domain.lock", "*"])(
    "is refused when it is proposed, with what to do: %s",
    async (act) => {
      const change = { policy: delayOf(act) };
      const proposed = await withstand(agent, "E_UNSUPPORTED", () => agent.domain.links.propose(change));
      expect(proposed).toMatchObject({ outcome: "refused", code: "E_UNSUPPORTED" });
      expect(proposed.what).toContain(act === "*" ? "every act that has no rule of its own" : act);
      expect(proposed.next).toContain("holdfast-agent policy set");
      expect(waiting()).toEqual([]);
    },
  );

  test("is not taken in by mailbox either, where it would wait for days and nobody's no would end it", async () => {
    const link = draft(agent, { policy: delayOf("client.enrol") });
    expect(await withstand(agent, "E_UNSUPPORTED", () => deliver(agent, link))).toMatchObject({
      code: "E_UNSUPPORTED",
    });
    expect(waiting()).toEqual([]);
    expect(await agent.domain.links.propose({ policy: delayOf("key.rotate") })).toMatchObject({ outcome: "pending" });
  });
});

describe("while a recovery waits its delay", () => {
  test("every other change is refused when it is proposed, naming the recovery, and is taken once it was stopped", async () => {
    const { hash } = await recover();
    agent.clock.advance(1);
    const proposed = await withstand(agent, "E_ROSTER_SEQ", () => agent.domain.links.propose({ renew: true }));
    expect(proposed).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ", what: expect.stringContaining(hash) });
    const brought = draft(agent, { policy: delayOf("key.rotate") });
    expect(await withstand(agent, "E_ROSTER_SEQ", () => deliver(agent, brought))).toMatchObject({ outcome: "refused" });
    expect(waiting()).toEqual([hash]);
    await objected(agent, hash, ada);
    expect(await agent.domain.links.propose({ renew: true })).toMatchObject({ outcome: "pending" });
  });

  test("what waited for approvals before shows that it would be refused, and takes none", async () => {
    const grace = new SoftwareAdministrator({ label: "Grace" });
    const link = adding(agent, [grace]);
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "pending" });
    const { hash } = await recover();
    const { dryRun } = agent.domain.links.find(link.hash) ?? {};
    expect(dryRun).toMatchObject({ ok: false, code: "E_ROSTER_SEQ", what: expect.stringContaining(hash) });
    expect(await deliver(agent, link, grace)).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
  });

  test("the move to another address is refused before anybody is asked for anything", async () => {
    const { hash } = await recover();
    const state = { origin: "https://keys.northwind.example", state: "serving" };
    const route = moveRoute(() => agent.domain, { states: () => [state] } as unknown as AgentPages);
    const call = { body: {} } as never;
    await expect(async () => route.run(call, undefined as never)).rejects.toMatchObject({
      code: "E_ROSTER_SEQ",
      message: expect.stringContaining(hash),
    });
    expect(agent.domain.invitations.open()).toEqual([]);
  });
});

test("a recovery says what it ends before it is signed, and what it ended after", async () => {
  const renewal = draft(agent, { renew: true });
  expect(await deliver(agent, renewal, ada)).toMatchObject({ outcome: "scheduled" });
  const hash = await drafted(agent, ada.anew("Ada's new phone"));
  expect(recoveryState(agent.domain).waiting).toMatchObject([{ hash, displaces: 1 }]);
  expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled", ended: [renewal.hash] });
  expect(recoveryState(agent.domain).waiting).toMatchObject([{ hash, displaces: 0 }]);
});
