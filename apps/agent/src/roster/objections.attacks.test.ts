import { verifyReport } from "@holdfast/custody-report";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_LONE_REJECTIONS } from "../admission/lone-rejections.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { makeReport } from "../report/make-report.ts";
import { decisionOf, deliver, draft, envelopeOf } from "./testing/links.ts";

const [ada, grace, mallory] = ["Ada", "Grace", "Mallory"].map((label) => new SoftwareAdministrator({ label })) as [
  SoftwareAdministrator,
  SoftwareAdministrator,
  SoftwareAdministrator,
];
let agent: PasskeyAgent;
beforeEach(async () => {
  agent = await PasskeyAgent.found({ administrators: [ada, grace, mallory] });
  await agent.key();
});
afterEach(() => agent.close());

const seq = () => agent.domain.rosters.current().roster.seq;
const removal = () => draft(agent, { removeAdministrators: [mallory.adm] });
const noTo = (link: ReturnType<typeof removal>, by = mallory) =>
  envelopeOf(link, [decisionOf(by, link, { decision: 2 })]);
const object = (link: ReturnType<typeof removal>) => agent.domain.links.deliver(noTo(link), "mailbox");

describe("one dishonest administrator", () => {
  test("does not end the link that removes him, before, between nor beside its approvals", async () => {
    const link = removal();
    const unknown = await withstand(agent, "E_PRESTATE", () => object(link));
    expect(unknown).toMatchObject({ outcome: "refused", code: "E_PRESTATE", next: expect.any(String) });
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "pending" });
    expect(await withstand(agent, "E_VETO", () => object(link))).toMatchObject({ outcome: "refused", code: "E_VETO" });
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "pending", mayObject: false });
    const [no, yes] = [decisionOf(mallory, link, { decision: 2 }), decisionOf(grace, link)];
    expect(await agent.domain.links.deliver(envelopeOf(link, [no, yes]), "mailbox")).toMatchObject({
      outcome: "applied",
    });
    expect(agent.domain.rosters.current().roster.admins.map(({ adm }) => adm)).toEqual([ada.adm, grace.adm]);
  });

  test("does not end a link ahead of its proposal: the one of a later second is accepted all the same, and nothing is kept", async () => {
    const shift = 30;
    const ahead = draft(agent, { removeAdministrators: [mallory.adm] }, [], (roster) => ({
      ...roster,
      issued: roster.issued + shift,
      acceptBy: roster.acceptBy + shift,
    }));
    const { size } = agent.domain.log;
    expect(await object(ahead)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(agent.domain.log.size).toBe(size);
    agent.clock.advance(shift);
    const link = removal();
    expect(link.hash).toBe(ahead.hash);
    expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "applied" });
  });

  test("who locks the domain and says no to every unlock and to his removal is removed, and the domain is unlocked", async () => {
    expect(await agent.deliver(agent.propose("domain.lock"), 2)).toMatchObject({ outcome: "applied" });
    const unlock = agent.propose("domain.unlock");
    expect(await agent.deliver(unlock, 0)).toMatchObject({ outcome: "pending" });
    const no = agent.envelope(unlock, [agent.approve([unlock], { by: 2, decision: 2 })]);
    expect(await agent.domain.admission.deliver(no, "mailbox")).toMatchObject({ outcome: "refused", code: "E_ARGS" });
    expect(await agent.touch([unlock], 2)).toMatchObject([{ outcome: "refused", code: "E_ARGS" }]);
    expect(await agent.deliver(unlock, 1)).toMatchObject({ outcome: "applied" });
    expect(await agent.deliver(agent.propose("domain.lock"), 2)).toMatchObject({ outcome: "applied" });
    const link = removal();
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "pending" });
    expect(await object(link)).toMatchObject({ code: "E_VETO" });
    expect(await deliver(agent, link, grace)).toMatchObject({ outcome: "applied" });
    agent.administrators.splice(2, 1);
    expect(await agent.deliver(agent.propose("domain.unlock"), 0, 1)).toMatchObject({ outcome: "applied" });
    const { files } = await makeReport(agent.domain);
    await verifyReport(new Uint8Array(Buffer.from(files[0]?.base64 ?? "", "base64")));
  });

  test("who proposes and rejects by himself writes a bounded number of endings, and a no to what others approved is still heard", async () => {
    const { size } = agent.domain.log;
    let last: { outcome: string; code?: string } = { outcome: "" };
    for (let at = 1; at <= MAX_LONE_REJECTIONS + 1; at += 1) {
      const link = draft(agent, { renew: true }, [], (roster) => ({ ...roster, acceptBy: roster.acceptBy - at }));
      await deliver(agent, link);
      last = await object(link);
    }
    expect(last).toMatchObject({ outcome: "refused", code: "E_LIMIT", next: expect.stringContaining("expire") });
    expect(agent.domain.log.size).toBe(size + MAX_LONE_REJECTIONS);
    const renewal = draft(agent, { renew: true });
    expect(await deliver(agent, renewal, ada)).toMatchObject({ outcome: "pending" });
    expect(await object(renewal)).toMatchObject({ outcome: "cancelled" });
    const next = draft(agent, { renew: true }, [], (roster) => ({ ...roster, acceptBy: roster.acceptBy - 1000 }));
    expect(await deliver(agent, next, ada, grace)).toMatchObject({ outcome: "scheduled" });
    expect(await object(next)).toMatchObject({ outcome: "cancelled" });
    expect(seq()).toBe(0);
  });
});
