import { recoveryKey, SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { doctorChecks } from "../admin/doctor-checks.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { announcedLinks } from "../local-page/link-calls.ts";
import { deliver, draft } from "./testing/links.ts";
import { drafted, objected, recoveredBy, signed } from "./testing/recoveries.ts";

const [PAPER, SAFE] = [recoveryKey("on paper"), recoveryKey("in the safe")];

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
let fresh: SoftwareAdministrator;
beforeEach(async () => {
  ada = new SoftwareAdministrator({ label: "Ada" });
  fresh = ada.anew("Ada's new phone");
  agent = await PasskeyAgent.found({ administrators: [ada], change: recoveredBy([PAPER, SAFE]) });
  await agent.key();
});
afterEach(() => agent.close());

const doctor = () => doctorChecks(agent.agent).find(({ name }) => name === "changes of administrators");
const waitingRecovery = async (...keys: (typeof PAPER)[]) => {
  const hash = await drafted(agent, fresh);
  for (const key of keys) await signed(agent, hash, key);
  return hash;
};

describe("who can stop a change is said as it is", () => {
  test("of a recovery that every replacement key signed: nobody, at the doctor, at the page, and to who tries", async () => {
    const hash = await waitingRecovery(PAPER, SAFE);
    expect(announcedLinks(agent.domain)).toMatchObject([{ hash, kind: "recover", mayObject: false }]);
    expect(doctor()?.next).toMatch(/Nobody can stop it/);
    expect(doctor()?.next).not.toMatch(/roster cancel|say no/);
    const cancelled = await withstand(agent, null, () => agent.domain.links.cancel(hash));
    expect(cancelled).toMatchObject({
      outcome: "refused",
      code: "E_VETO",
      what: expect.stringMatching(/^Nobody can stop it/),
    });
    expect(cancelled.next).toContain("lost-passkey.md");
    const other = draft(agent, { renew: true });
    const refused = await deliver(agent, other, ada);
    expect(refused).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
    expect(`${refused.what} ${refused.next}`).toMatch(/Nobody can stop it/);
    expect(`${refused.what} ${refused.next}`).not.toMatch(/objected to,/);
  });

  test("of a recovery that one of several keys signed: a passkey of today, once, at its address", async () => {
    const hash = await waitingRecovery(PAPER);
    expect(announcedLinks(agent.domain)).toMatchObject([{ hash, kind: "recover", mayObject: true }]);
    expect(doctor()?.next).toContain(`/recover#${hash}`);
    expect(await agent.domain.links.cancel(hash)).toEqual({ hash, outcome: "pending" });
    const refused = await deliver(agent, draft(agent, { renew: true }), ada);
    expect(`${refused.what} ${refused.next}`).toContain(`/recover#${hash}`);
    expect(await objected(agent, hash, ada)).toMatchObject({ outcome: "cancelled" });
  });

  test("of a recovery that nobody has signed, and of a change that only takes away: nothing is left to cancel", async () => {
    const hash = await waitingRecovery();
    expect(await agent.domain.links.cancel(hash)).toMatchObject({ outcome: "refused", code: "E_VETO" });
    const tightened = draft(agent, {}, [], (roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    expect(await deliver(agent, tightened)).toMatchObject({ outcome: "pending" });
    const cancelled = await agent.domain.links.cancel(tightened.hash);
    expect(cancelled).toMatchObject({ outcome: "refused", code: "E_VETO", next: expect.stringContaining("expire") });
  });

  test("of any other change: every administrator, where it says", async () => {
    const renewal = draft(agent, { renew: true });
    expect(await deliver(agent, renewal, ada)).toMatchObject({ outcome: "scheduled" });
    expect(announcedLinks(agent.domain)).toMatchObject([{ kind: "update", mayObject: true }]);
    expect(doctor()?.next).toContain(`holdfast-agent roster cancel ${renewal.hash}`);
    expect(await agent.domain.links.cancel(renewal.hash)).toEqual({ hash: renewal.hash, outcome: "pending" });
  });
});
