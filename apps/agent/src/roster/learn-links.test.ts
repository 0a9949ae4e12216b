import { linksInReport, type ProvenLinkIn, verifyReport } from "@holdfast/custody-report";
import type { Roster } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { restoredOf } from "../admin/status.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys, withstand } from "../admission/testing/withstand.ts";
import { rosterKnown } from "../cli/restored-text.ts";
import { makeReport } from "../report/make-report.ts";
import { adding, decisionOf, deliver, draft, envelopeOf } from "./testing/links.ts";
import { backedUp } from "./testing/restored.ts";

const DAY = 86_400;
let agent: PasskeyAgent;
let [ada, grace, mallory, emmy]: SoftwareAdministrator[] = [];
let brought: readonly ProvenLinkIn[];
/** A head of the lost log that is no larger than the restored one with what it learns. */
let lostNote: string;
let restore: () => Promise<void>;

/** A rule that lets everything that is no tightening wait ten minutes: as good as a day. */
const waiting = (roster: Roster): Roster => ({
  ...roster,
  policy: roster.policy.map((rule) => (rule.act === "roster.update" ? { ...rule, delaySec: 600 } : rule)),
});

async function overDelay(): Promise<void> {
  await agent.run(840);
  await agent.domain.links.runDue();
}

/** Brings the backup back a month later, when no link of it could be accepted any more. */
async function muchLater(): Promise<void> {
  brought = await linksInReport(await report());
  agent.clock.advance(30 * DAY);
  await agent.restart();
  await restore();
}

beforeEach(async () => {
  [ada, grace, mallory, emmy] = ["Ada", "Grace", "Mallory", "Emmy"].map(
    (label) => new SoftwareAdministrator({ label }),
  );
  const administrators = [who(ada), who(grace), who(mallory)];
  agent = await PasskeyAgent.found({ administrators, change: waiting });
  await agent.key("kept");
  restore = await backedUp(agent);
});
afterEach(() => agent.close());

const seq = () => agent.domain.rosters.current().roster.seq;
function who(one: SoftwareAdministrator | undefined): SoftwareAdministrator {
  if (one === undefined) throw new TypeError("nobody");
  return one;
}

async function report(): Promise<Uint8Array> {
  const { files } = await makeReport(agent.domain);
  return new Uint8Array(Buffer.from(files[1]?.base64 ?? "", "base64"));
}

/** Two links after the backup: Mallory leaves at once, and Emmy comes after the delay. */
async function changedSince(): Promise<void> {
  const { size } = agent.domain.log;
  const out = draft(agent, { removeAdministrators: [who(mallory).adm] });
  expect(await deliver(agent, out, who(ada), who(grace))).toMatchObject({ outcome: "applied" });
  lostNote = agent.domain.log.noteAt(size + 1);
  const comes = adding(agent, [who(emmy)]);
  expect(await deliver(agent, comes, who(ada), who(grace), who(emmy))).toMatchObject({ outcome: "scheduled" });
  await overDelay();
  expect(seq()).toBe(2);
  agent.administrators.push(who(emmy));
  await muchLater();
  expect([seq(), agent.domain.keystore.domain().recovering]).toEqual([0, true]);
}

const proposeAccept = () =>
  agent.propose("restore.accept", { args: { size: agent.domain.log.size, root: agent.domain.log.root() } });

/** Those who are administrators still, and the one who came, accept the restore; the report of all of it holds. */
async function accepted(): Promise<void> {
  expect(await agent.deliver(proposeAccept(), 0, 3)).toMatchObject({ outcome: "applied" });
  agent.administrators.splice(1, 2);
  await expectObeys(agent);
}

test("row 171: an administrator removed after the backup approves no restore.accept once the link has come, and the report of it verifies", async () => {
  await changedSince();
  const asWithheld = proposeAccept();
  expect(await agent.deliver(asWithheld, 2)).toMatchObject({ outcome: "pending", have: 1 });
  expect(await agent.domain.links.learn(brought)).toEqual({ from: 0, seq: 2 });
  expect(agent.kinds().slice(-2)).toEqual(["roster", "roster"]);
  await withstand(
    agent,
    "E_CRED_UNKNOWN",
    async () => {
      expect(await agent.deliver(asWithheld, 0)).toMatchObject({ outcome: "refused", code: "E_ROSTER_STALE" });
      const now = proposeAccept();
      expect(await agent.deliver(now, 2)).toMatchObject({ outcome: "refused", code: "E_CRED_UNKNOWN" });
      expect(await agent.deliver(now, 2, 0)).toMatchObject({ outcome: "refused", code: "E_CRED_UNKNOWN" });
      await agent.restart();
      expect(await agent.deliver(proposeAccept(), 2, 1)).toMatchObject({ code: "E_CRED_UNKNOWN" });
    },
    accepted,
  );
  const { facts } = await verifyReport(await report());
  expect([facts.rosterLinks, facts.domain.recovering]).toEqual([3, false]);
});

test("row 172: a removal that nobody shows cannot be known; page and command line say which list is known, of which day, and what to bring", async () => {
  await changedSince();
  const backup = { seq: 0, issued: agent.domain.rosters.current().roster.issued };
  const proposal = proposeAccept();
  await withstand(
    agent,
    null,
    async () => expect(await agent.deliver(proposal, 2)).toMatchObject({ outcome: "pending", have: 1 }),
    async () => {
      const restored = restoredOf(agent.domain);
      expect(restored).toEqual({ knew: backup, now: backup });
      const day = new Date(backup.issued * 1000).toISOString().slice(0, 10);
      const [known, advice] = rosterKnown(restored ?? expect.unreachable());
      expect(known).toContain(`those that the backup knew: version 0 of ${day}`);
      expect(advice).toContain("restore links REPORT");
    },
  );
  await agent.domain.links.learn(brought);
  expect(restoredOf(agent.domain)).toMatchObject({ knew: backup, now: { seq: 2 } });
  expect(await agent.deliver(proposeAccept(), 2)).toMatchObject({ outcome: "refused", code: "E_CRED_UNKNOWN" });
  await accepted();
});

test("heads of the lost log stay given up where the restored one has grown by what it learnt", async () => {
  await changedSince();
  await agent.domain.links.learn(brought);
  const seen = { note: lostNote, from: "a witness", as: "head" } as const;
  expect(await agent.domain.witnesses.notice(seen)).toMatchObject({ kind: "fork" });
  await accepted();
  await agent.domain.witnesses.notice(seen);
  await agent.restart();
  await agent.domain.witnesses.notice(seen);
  expect([agent.domain.problem, agent.domain.keystore.domain().locked]).toEqual([null, false]);
  await expectObeys(agent);
});

test("an objection by somebody who was removed since does not keep out what the lost log had in force, and a rekey before people accept spoils no report", async () => {
  const comes = adding(agent, [who(emmy)], { removeAdministrators: [who(mallory).adm] });
  expect(await deliver(agent, comes, who(ada), who(grace), who(emmy))).toMatchObject({ outcome: "scheduled" });
  restore = await backedUp(agent);
  await overDelay();
  agent.administrators.push(who(emmy));
  await muchLater();
  const no = decisionOf(who(mallory), comes, { decision: 2 });
  expect(await agent.domain.links.deliver(envelopeOf(comes, [no]))).toMatchObject({ outcome: "cancelled" });
  expect(await agent.domain.links.learn(brought)).toEqual({ from: 0, seq: 1 });
  const { dataDirectory } = agent;
  await agent.agent.rekey({ kek: { kind: "file" }, dataDirectory, keyDirectory: `${dataDirectory}-other` });
  expect(agent.kinds().slice(-2)).toEqual(["roster", "agent.rekey"]);
  await accepted();
  await verifyReport(await report());
});

const BENT: readonly (readonly [string, (links: readonly ProvenLinkIn[]) => readonly unknown[], string])[] = [
  ["without its proof", ([one]) => [{ link: one?.link }], "E_LINK_PROOF"],
  ["with the proof of another", ([one, two]) => [{ ...two, link: one?.link }], "E_LINK_PROOF"],
  ["with a proof that was shortened", ([one]) => [{ ...one, proof: one?.proof.slice(1) }], "E_LINK_PROOF"],
  ["before the one that it follows", ([, two]) => [two], "E_ROSTER_SEQ"],
  [
    "short of an approval",
    ([one]) => [{ ...one, link: { ...one?.link, approvals: one?.link.approvals.slice(1) } }],
    "E_ROSTER_THRESHOLD",
  ],
];

test("a link without its proof, with another's or a bent one, out of turn or short of an approval is not learnt", async () => {
  await changedSince();
  const honest = () => Promise.resolve(expect([seq(), agent.domain.problem]).toEqual([0, null]));
  for (const [what, bend, code] of BENT)
    await withstand(
      agent,
      code,
      () => expect(agent.domain.links.learn(bend(brought)), what).rejects.toMatchObject({ code }),
      honest,
    );
  await agent.domain.links.learn(brought);
  await accepted();
  await withstand(agent, "E_PRESTATE", async () => {
    await expect(agent.domain.links.learn(brought)).rejects.toMatchObject({ code: "E_PRESTATE" });
  });
});

test("another link that has the place meanwhile stays, the one that comes is kept as evidence, and nothing else is learnt", async () => {
  await changedSince();
  const other = draft(agent, { removeAdministrators: [who(grace).adm] });
  expect(await deliver(agent, other, who(ada), who(mallory))).toMatchObject({ outcome: "applied" });
  await expect(agent.domain.links.learn(brought)).rejects.toMatchObject({ code: "E_ROSTER_SEQ" });
  expect(agent.domain.rosters.current().hash).toBe(other.hash);
  expect([...agent.domain.index.linkConflicts.keys()]).toEqual([1]);
});
