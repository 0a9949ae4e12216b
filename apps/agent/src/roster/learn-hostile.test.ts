import {
  findLinkProof,
  type LinkProof,
  linksInReport,
  type ProvenLinkIn,
  verifyReport,
} from "@holdfast/custody-report";
import { decodeBase64url, encodeBase64url, encodeLeaf, parseLeaf, type Roster } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { doctorChecks } from "../admin/doctor-checks.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys, withstand } from "../admission/testing/withstand.ts";
import { makeReport } from "../report/make-report.ts";
import { decisionOf, deliver, draft, envelopeOf } from "./testing/links.ts";
import { backedUp } from "./testing/restored.ts";

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
let grace: SoftwareAdministrator;
let mallory: SoftwareAdministrator;

/** A rule that lets everything that is no tightening wait ten minutes. */
const waiting = (roster: Roster): Roster => ({
  ...roster,
  policy: roster.policy.map((rule) => (rule.act === "roster.update" ? { ...rule, delaySec: 600 } : rule)),
});

beforeEach(async () => {
  const named = (label: string) => new SoftwareAdministrator({ label });
  [ada, grace, mallory] = [named("Ada"), named("Grace"), named("Mallory")];
  agent = await PasskeyAgent.found({ administrators: [ada, grace, mallory], change: waiting });
  await agent.key("kept");
});
afterEach(() => agent.close());

async function report(): Promise<Uint8Array> {
  const { files } = await makeReport(agent.domain);
  return new Uint8Array(Buffer.from(files[1]?.base64 ?? "", "base64"));
}

/** Mallory leaves: a link that is in force at once. */
async function without(): Promise<void> {
  const out = draft(agent, { removeAdministrators: [mallory.adm] });
  expect(await deliver(agent, out, ada, grace)).toMatchObject({ outcome: "applied" });
}

/** A day later the backup is back. @returns what a report of the lost log brings */
async function lostAnd(restore: () => Promise<void>): Promise<readonly ProvenLinkIn[]> {
  const brought = await linksInReport(await report());
  agent.clock.advance(86_400);
  await agent.restart();
  await restore();
  return brought;
}

/** Ada and Grace accept the restore, and the log still holds for everybody who verifies it. */
async function acceptedAndHolds(): Promise<void> {
  const { size } = agent.domain.log;
  const command = agent.propose("restore.accept", { args: { size, root: agent.domain.log.root() } });
  expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "applied" });
  agent.administrators.splice(2, 1);
  await expectObeys(agent);
  await verifyReport(await report());
}

test("a change that was cancelled, brought again for its place as often as somebody likes, adds nothing to the log, and its reports hold", async () => {
  const cancelled = draft(agent, { renew: true });
  const approvals = [ada, grace].map((each) => decisionOf(each, cancelled));
  expect(await agent.domain.links.deliver(envelopeOf(cancelled, approvals))).toMatchObject({ outcome: "scheduled" });
  const no = decisionOf(mallory, cancelled, { decision: 2 });
  expect(await agent.domain.links.deliver(envelopeOf(cancelled, [no]))).toMatchObject({ outcome: "cancelled" });
  await without();
  const [proof] = await lostAnd(await backedUp(agent));
  const brought = [{ ...proof, link: { doc: cancelled.doc, approvals, possession: [] } }];
  const { size } = agent.domain.log;
  await withstand(
    agent,
    "E_ROSTER_SEQ",
    async () => {
      for (const _ of "twice")
        await expect(agent.domain.links.learn(brought)).rejects.toMatchObject({ code: "E_ROSTER_SEQ" });
      expect(agent.domain.log.size).toBe(size);
    },
    acceptedAndHolds,
  );
});

test("a second link for a place is kept as evidence once, however often it is brought, and the report of it holds", async () => {
  const restore = await backedUp(agent);
  await without();
  const brought = await lostAnd(restore);
  const other = draft(agent, { removeAdministrators: [grace.adm] });
  expect(await deliver(agent, other, ada, mallory)).toMatchObject({ outcome: "applied" });
  const { size } = agent.domain.log;
  for (const _ of "twice")
    await expect(agent.domain.links.learn(brought)).rejects.toMatchObject({ code: "E_ROSTER_SEQ" });
  expect([agent.domain.log.size, ...agent.kinds().slice(-1)]).toEqual([size + 1, "roster.refused"]);
  agent.administrators.splice(1, 1);
  const command = agent.propose("restore.accept", { args: { size: size + 1, root: agent.domain.log.root() } });
  expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "applied" });
  await verifyReport(await report());
});

test("a change that the lost log cancelled, brought for a place that was learnt since, is kept once and changes nothing, and nobody is accused of it", async () => {
  const restore = await backedUp(agent);
  const cancelled = draft(agent, { renew: true });
  const approvals = [ada, grace].map((each) => decisionOf(each, cancelled));
  await agent.domain.links.deliver(envelopeOf(cancelled, approvals));
  const no = decisionOf(mallory, cancelled, { decision: 2 });
  expect(await agent.domain.links.deliver(envelopeOf(cancelled, [no]))).toMatchObject({ outcome: "cancelled" });
  await without();
  const learnt = await lostAnd(restore);
  await agent.domain.links.learn(learnt);
  const { hash } = agent.domain.rosters.current();
  const brought = [{ ...learnt[0], link: { doc: cancelled.doc, approvals, possession: [] } }];
  const refused = { code: "E_ROSTER_SEQ", message: expect.stringContaining("may have been cancelled in the log") };
  for (const _ of "twice") await expect(agent.domain.links.learn(brought)).rejects.toMatchObject(refused);
  expect(agent.kinds().slice(-2)).toEqual(["roster", "roster.refused"]);
  expect(agent.domain.rosters.current().hash).toBe(hash);
  const check = doctorChecks(agent.agent).find(({ what }) => what.includes(cancelled.hash));
  expect(check).toMatchObject({ result: "warning", next: expect.stringContaining("report of before the loss") });
  await acceptedAndHolds();
});

function proofOf(brought: ProvenLinkIn | undefined): LinkProof {
  if (brought === undefined) throw new TypeError("nothing was brought");
  const { link: _, ...proof } = brought;
  return proof;
}

test("what is learnt again after another restore carries the first log's word alone: no proof grows, and the report holds", async () => {
  const restore = await backedUp(agent);
  await without();
  const administrators = [...agent.administrators];
  const first = await lostAnd(restore);
  await agent.domain.links.learn(first);
  await acceptedAndHolds();
  agent.administrators.splice(0, 2, ...administrators);
  expect(await lostAnd(restore)).toEqual(first);
  expect(await agent.domain.links.learn(first)).toEqual({ from: 0, seq: 1 });
  await acceptedAndHolds();
});

test("a proof that hides the first log's word in a learnt entry is taken down to it, and counts for no more than that", async () => {
  const restore = await backedUp(agent);
  await without();
  const [first] = await lostAnd(restore);
  const administrators = [...agent.administrators];
  await agent.domain.links.learn([first]);
  const n = agent.domain.log.size - 1;
  await acceptedAndHolds();
  agent.administrators.splice(0, 2, ...administrators);
  const { log } = agent.domain;
  const nested = {
    link: first?.link,
    leaf: log.entries(n, 1)[0]?.leaf,
    proof: log.inclusion(n, log.size),
    checkpoint: Buffer.from(log.noteAt(log.size)).toString("base64url"),
  };
  await restore();
  const leaf = parseLeaf(decodeBase64url(String(nested.leaf)));
  const shortened = { ...leaf, data: { seq: 1, learnt: { ...proofOf(first), proof: [] } } };
  const bent = { ...nested, leaf: encodeBase64url(encodeLeaf(shortened)) };
  await withstand(
    agent,
    "E_LINK_PROOF",
    () => expect(agent.domain.links.learn([bent])).rejects.toMatchObject({ code: "E_LINK_PROOF" }),
    async () => expect(await agent.domain.links.learn([nested])).toEqual({ from: 0, seq: 1 }),
  );
  const [entry] = agent.domain.log.entries(agent.domain.log.size - 1, 1);
  expect(findLinkProof(parseLeaf(decodeBase64url(String(entry?.leaf))))).toEqual(proofOf(first));
});
