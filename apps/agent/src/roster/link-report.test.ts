import { verifyReport } from "@holdfast/custody-report";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { makeReport } from "../report/make-report.ts";
import { adding, decisionOf, deliver, draft, envelopeOf } from "./testing/links.ts";

const DAY = 86_400;
let agent: PasskeyAgent;
const [ada, grace, emmy] = ["Ada", "Grace", "Emmy"].map((label) => new SoftwareAdministrator({ label })) as [
  SoftwareAdministrator,
  SoftwareAdministrator,
  SoftwareAdministrator,
];

beforeEach(async () => {
  agent = await PasskeyAgent.found({ administrators: [ada] });
});
afterEach(() => agent.close());

test("a report follows the chain: added, waited for, cancelled, removed, and a link that lost its place", async () => {
  await deliver(agent, adding(agent, [grace]), ada, grace);
  agent.administrators.push(grace);
  await agent.key();
  const third = adding(agent, [emmy]);
  expect(await deliver(agent, third, ada, grace, emmy)).toMatchObject({ outcome: "scheduled" });
  const no = decisionOf(grace, third, { decision: 2 });
  expect(await agent.domain.links.deliver(envelopeOf(third, [no]))).toMatchObject({ outcome: "cancelled" });
  agent.clock.advance(60);
  const again = adding(agent, [emmy]);
  const lost = adding(agent, [emmy], { renew: true });
  await deliver(agent, again, ada, grace, emmy);
  await agent.run(DAY + 240);
  await agent.domain.links.runDue();
  expect(agent.domain.rosters.current().hash).toBe(again.hash);
  expect(await deliver(agent, lost, ada, grace, emmy)).toMatchObject({ code: "E_ROSTER_SEQ" });
  const out = draft(agent, { removeAdministrators: [emmy.adm] });
  expect(await deliver(agent, out, ada, grace)).toMatchObject({ outcome: "applied" });
  await agent.key("invoices");
  const { files } = await makeReport(agent.domain);
  const { facts } = await verifyReport(new Uint8Array(Buffer.from(files[0]?.base64 ?? "", "base64")));
  expect(facts.rosterLinks).toBe(4);
  const kinds = facts.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("roster"));
  expect(kinds.filter((kind) => kind === "roster")).toHaveLength(3);
  expect(kinds).toContain("roster.scheduled");
  expect(kinds).toContain("roster.cancelled");
  expect(kinds).toContain("roster.refused");
});
