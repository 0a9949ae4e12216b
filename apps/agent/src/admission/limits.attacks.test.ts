import { SoftwareAdministrator } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { decisionOf, deliver, draft, envelopeOf } from "../roster/testing/links.ts";
import { PasskeyAgent } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

/** Rows of docs/threat-model/hostile-operator.md that stay possible: how far they go, and what holds in spite of them. */
const DAY = 86_400;

test("row 36: a cancel that its carrier holds back stops nothing; the agent's own page cancels without the carrier", async () => {
  const agent = await PasskeyAgent.found();
  try {
    const doomed = async (label: string) => {
      const { id } = await agent.key(label);
      await agent.apply("key.deactivate", { key: id });
      const destroy = agent.propose("key.destroy", { key: id });
      expect(await agent.deliver(destroy, 0)).toMatchObject({ outcome: "scheduled" });
      return { destroy, state: () => agent.domain.keystore.findKey(id)?.state };
    };
    const [held, own] = [await doomed("by dashboard alone"), await doomed("by the page")];
    const kept = agent.envelope(held.destroy, [agent.approve([held.destroy], { decision: 2 })]);
    expect(await agent.touch([own.destroy], 2)).toMatchObject([{ outcome: "cancelled", code: "E_CANCELLED" }]);
    await agent.run(DAY + 240);
    expect([held.state(), own.state()]).toEqual(["destroyed", "deactivated"]);
    await withstand(agent, null, () => agent.domain.admission.deliver(kept, "mailbox"));
    expect([held.state(), own.state()]).toEqual(["destroyed", "deactivated"]);
  } finally {
    await agent.close();
  }
});

test("row 46: who is removed by a link that its carrier holds back goes on to approve until the list ends, or the link is given to the agent itself", async () => {
  const [ada, grace, mallory] = ["Ada", "Grace", "Mallory"].map((label) => new SoftwareAdministrator({ label })) as [
    SoftwareAdministrator,
    SoftwareAdministrator,
    SoftwareAdministrator,
  ];
  const agent = await PasskeyAgent.found({ administrators: [ada, grace, mallory] });
  try {
    const key = await agent.key();
    const link = draft(agent, { removeAdministrators: [mallory.adm] });
    const signed = envelopeOf(link, [decisionOf(ada, link), decisionOf(grace, link)]);
    const byMallory = () => agent.deliver(agent.propose("key.rotate", { key: key.id }), 2);
    expect(await byMallory()).toMatchObject({ outcome: "applied" });
    expect(await agent.domain.links.deliver(signed, "file")).toMatchObject({ outcome: "applied" });
    const refused = await withstand(agent, "E_CRED_UNKNOWN", byMallory, async () => {
      agent.administrators.pop();
      expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "applied" });
    });
    expect(refused).toMatchObject({ outcome: "refused", code: "E_CRED_UNKNOWN" });
  } finally {
    await agent.close();
  }
  const cutOff = await PasskeyAgent.found({ administrators: [ada, grace, mallory] });
  try {
    const key = await cutOff.key();
    const rotate = () => cutOff.deliver(cutOff.propose("key.rotate", { key: key.id }), 2);
    cutOff.clock.advance(cutOff.domain.rosters.current().roster.notAfter - cutOff.clock.now() - DAY);
    expect(await rotate()).toMatchObject({ outcome: "applied" });
    cutOff.clock.advance(2 * DAY);
    const ended = await withstand(cutOff, "E_ROSTER_EXPIRED", rotate, async () => {
      const renewed = draft(cutOff, { renew: true });
      expect(await deliver(cutOff, renewed, ada, grace)).toMatchObject({ outcome: "scheduled" });
    });
    expect(ended).toMatchObject({ outcome: "refused", code: "E_ROSTER_EXPIRED" });
  } finally {
    await cutOff.close();
  }
});
