import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { editStore } from "../admission/testing/attack.ts";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { adding, decisionOf, deliver, draft, envelopeOf, introduce } from "./testing/links.ts";

const DAY = 86_400;
let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
let grace: SoftwareAdministrator;

beforeEach(async () => {
  ada = new SoftwareAdministrator({ label: "Ada" });
  grace = new SoftwareAdministrator({ label: "Grace" });
  agent = await PasskeyAgent.found({ administrators: [ada] });
});
afterEach(() => agent.close());

const seq = () => agent.domain.rosters.current().roster.seq;
const run = async (seconds: number) => {
  for (let passed = 0; passed < seconds; passed += 120) {
    agent.clock.advance(Math.min(120, seconds - passed));
    await agent.domain.links.runDue();
  }
};

describe("a second administrator", () => {
  test("is there at once before the first key, with the rules of two, by one approval of each", async () => {
    const link = adding(agent, [grace]);
    expect(await deliver(agent, link, ada)).toMatchObject({
      outcome: "pending",
      old: { have: 1, need: 1 },
      new: { have: 1, need: 2 },
    });
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "pending", dryRun: { ok: true } });
    expect(await deliver(agent, link, grace)).toMatchObject({ outcome: "applied" });
    const { roster } = agent.domain.rosters.current();
    expect(roster.admins.map(({ label }) => label)).toEqual(["Ada", "Grace"]);
    expect(roster.policy.find(({ act }) => act === "roster.update")).toMatchObject({ m: 2 });
    expect(agent.kinds().at(-1)).toBe("roster");
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "applied" });
  });

  test("waits a day of running time once there is a key, over restarts and whatever the clock says, and is then there by itself", async () => {
    await agent.key();
    const link = adding(agent, [grace]);
    expect(await deliver(agent, link, ada, grace)).toMatchObject({
      outcome: "scheduled",
      due: agent.clock.now() + DAY,
    });
    expect(agent.kinds().at(-1)).toBe("roster.scheduled");
    await run(DAY / 2);
    await agent.restart(() => agent.clock.advance(10 * DAY));
    agent.clock.setWall(agent.clock.now() + 30 * DAY);
    await agent.domain.links.runDue();
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "scheduled", due: expect.any(Number) });
    await run(DAY / 2 - 240);
    expect(seq()).toBe(0);
    await run(480);
    expect(seq()).toBe(1);
    await agent.restart();
    expect(seq()).toBe(1);
    expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "applied" });
    expect(agent.kinds().filter((kind) => kind === "roster")).toHaveLength(1);
  });

  test("is not there when any one administrator says no while it waits", async () => {
    await agent.key();
    const link = adding(agent, [grace]);
    await deliver(agent, link, ada, grace);
    const no = decisionOf(ada, link, { decision: 2 });
    expect(await agent.domain.links.deliver(envelopeOf(link, [no]))).toMatchObject({ outcome: "cancelled" });
    await run(DAY + 240);
    expect(seq()).toBe(0);
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "cancelled" });
    expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "cancelled" });
  });

  test("row 122: is refused when this key server took no introduction of the passkey", async () => {
    const link = adding(agent, [grace]);
    for (const { hash } of agent.domain.introductions.all()) agent.domain.introductions.remove(hash);
    expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "refused", code: "E_INTRO" });
    expect(seq()).toBe(0);
    expect(agent.counted("E_INTRO")).toBe(1);
    expect(await deliver(agent, adding(agent, [grace]), ada, grace)).toMatchObject({ outcome: "applied" });
  });
});

describe("a link that only tightens", () => {
  const lost = () => grace.credentials[1]?.credId ?? "";

  beforeEach(async () => {
    grace = new SoftwareAdministrator({ label: "Grace", passkeys: 2 });
    await deliver(agent, adding(agent, [grace]), ada, grace);
    agent.administrators.push(grace);
  });

  test("is in force at once, and ends what waits for its place", async () => {
    await agent.key();
    const emmy = new SoftwareAdministrator({ label: "Emmy" });
    const waiting = adding(agent, [emmy]);
    expect(await deliver(agent, waiting, ada, grace, emmy)).toMatchObject({ outcome: "scheduled" });
    expect(agent.domain.admission.find(waiting.hash)).toBeNull(); // it is a change, not a command
    const out = draft(agent, { removeCredentials: [lost()] });
    expect(await deliver(agent, out, ada, grace)).toMatchObject({ outcome: "applied" });
    expect(agent.domain.links.find(waiting.hash)).toMatchObject({ status: "refused" });
    await run(DAY + 240);
    expect(seq()).toBe(2);
    expect(agent.domain.rosters.current().roster.admins).toHaveLength(2);
  });

  test("is a reason for a backup at once: an older one would bring back who was removed", async () => {
    await deliver(agent, draft(agent, { removeCredentials: [lost()] }), ada, grace);
    expect(agent.domain.index.newestEnding).toBe(agent.domain.log.size - 1);
  });

  test("row 96: an approval given before its passkey was removed is void, now and when a delay is over", async () => {
    const key = await agent.key();
    await agent.apply("key.deactivate", { key: key.id });
    const destroy = agent.propose("key.destroy", { key: key.id });
    const approvals = [agent.approve([destroy]), agent.approve([destroy], { by: 1, passkey: 1 })];
    const scheduled = await agent.domain.admission.deliver(agent.envelope(destroy, approvals), "mailbox");
    expect(scheduled).toMatchObject({ outcome: "scheduled" });
    await deliver(agent, draft(agent, { removeCredentials: [lost()] }), ada, grace);
    await agent.run(DAY + 240);
    expect(agent.domain.keystore.findKey(key.id)).toMatchObject({ state: "deactivated", scheduled: null });
    expect(agent.domain.admission.find(destroy.hash)).toMatchObject({ status: "refused" });
    const lock = agent.propose("domain.lock");
    const old = agent.envelope(lock, [agent.approve([lock], { by: 1, passkey: 1 })]);
    expect(await agent.domain.admission.deliver(old, "mailbox")).toMatchObject({ code: "E_CRED_UNKNOWN" });
    expect(await agent.deliver(lock, 1)).toMatchObject({ outcome: "applied" });
  });

  test("passes a locked domain, where nothing else does", async () => {
    await agent.deliver(agent.propose("domain.lock"), 0);
    const emmy = new SoftwareAdministrator({ label: "Emmy" });
    const more = await deliver(agent, adding(agent, [emmy]), ada, grace, emmy);
    expect(more).toMatchObject({ outcome: "refused", code: "E_LOCKED" });
    const out = draft(agent, { removeCredentials: [lost()] });
    expect(await deliver(agent, out, ada, grace)).toMatchObject({ outcome: "applied" });
  });
});

describe("two links for one place", () => {
  test("row 42: the loser is refused, kept as evidence with its approvals, and said aloud; the domain is not locked", async () => {
    const winner = draft(agent, { renew: true });
    const loser = draft(agent, { renew: true }, [], (roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    expect(await deliver(agent, winner, ada)).toMatchObject({ outcome: "applied" });
    expect(await deliver(agent, loser, ada)).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
    expect(agent.lines.some((line) => line.includes("roster.conflict"))).toBe(true);
    expect(agent.domain.links.find(loser.hash)).toMatchObject({ status: "refused", approvals: [{ label: "Ada" }] });
    await agent.restart();
    expect([...agent.domain.index.linkConflicts]).toEqual([[1, loser.hash]]);
    const { size } = agent.domain.log;
    expect(await deliver(agent, loser, ada)).toMatchObject({ outcome: "refused" });
    expect(agent.domain.log.size).toBe(size);
    expect(agent.domain.rosters.current().hash).toBe(winner.hash);
    expect(await agent.apply("domain.lock")).toMatchObject({ outcome: "applied" });
  });

  test("that nobody signed, or too few, leave a counter and no entry", async () => {
    await deliver(agent, draft(agent, { renew: true }), ada);
    const { size } = agent.domain.log;
    const forged = draft(agent, { renew: true }, [], (roster) => ({ ...roster, seq: 1, prev: roster.prev }));
    expect(await deliver(agent, { ...forged, roster: forged.roster })).toMatchObject({ code: "E_ROSTER_SEQ" });
    expect(agent.domain.log.size).toBe(size);
    expect(agent.counted("E_ROSTER_SEQ")).toBe(1);
  });

  test("row 41: a restarted agent takes no older roster, however it is served", async () => {
    const first = draft(agent, { renew: true });
    await deliver(agent, first, ada);
    agent.clock.advance(60);
    await deliver(agent, draft(agent, { renew: true }), ada);
    await agent.restart();
    expect(seq()).toBe(2);
    expect(await deliver(agent, first, ada)).toMatchObject({ outcome: "applied" }); // decided before; nothing happens twice
    const older = draft(agent, { renew: true }, [], (roster) => ({ ...roster, seq: 2 }));
    expect(await deliver(agent, older, ada)).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
    expect(seq()).toBe(2);
    expect(await agent.apply("domain.lock")).toMatchObject({ outcome: "applied" });
  });
});

describe("a roster that has ended", () => {
  test("takes its renewal and what tightens, and nothing that loosens", async () => {
    agent.clock.advance(401 * DAY);
    expect(() => adding(agent, [grace])).toThrow("renew");
    const more = adding(agent, [grace], { renew: true });
    expect(await deliver(agent, more, ada, grace)).toMatchObject({ outcome: "refused", code: "E_ROSTER_EXPIRED" });
    expect(await deliver(agent, draft(agent, { renew: true }), ada)).toMatchObject({ outcome: "applied" });
    expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "applied" });
  });
});

describe("the store", () => {
  test("that loses the row of a waiting link, or brings an old one back, puts no link in force", async () => {
    await agent.key();
    const link = adding(agent, [grace]);
    await deliver(agent, link, ada, grace);
    await agent.restart(() => editStore(agent, "DELETE FROM proposed_link"));
    await run(DAY + 240);
    expect(seq()).toBe(0);
    expect(agent.domain.links.find(link.hash)).toMatchObject({ status: "refused" });
  });

  test("that gives a waiting link another time to wait is not believed", async () => {
    await agent.key();
    const link = adding(agent, [grace]);
    await deliver(agent, link, ada, grace);
    await agent.restart(() =>
      editStore(
        agent,
        "UPDATE proposed_link SET body = CAST(replace(CAST(body AS TEXT), '\"dueSeconds\":', '\"dueSeconds\":-') AS BLOB)",
      ),
    );
    await run(600);
    expect(seq()).toBe(0);
  });
});

describe("rules", () => {
  test("change by links only, tightened at once and loosened after the delay", async () => {
    await agent.key();
    const rule = { act: "key.rotate", m: 1, delaySec: 3_600, maxTtlSec: 3_600 } as const;
    const { policy } = agent.domain.rosters.current().roster;
    expect(await deliver(agent, draft(agent, { policy: [...policy, rule] }), ada)).toMatchObject({
      outcome: "applied",
    });
    agent.clock.advance(1);
    expect(await deliver(agent, draft(agent, { policy }), ada)).toMatchObject({ outcome: "scheduled" });
  });

  test("change on no host that refuses it, whoever approves", async () => {
    await agent.close();
    agent = await PasskeyAgent.found({ administrators: [ada], deniedActs: ["roster.update"] });
    const link = adding(agent, [grace]);
    await deliver(agent, link, ada);
    expect(await deliver(agent, link, grace)).toMatchObject({ outcome: "refused", code: "E_LOCAL_DENY" });
    expect([seq(), agent.kinds().at(-1)]).toEqual([0, expect.not.stringMatching(/^roster$/)]);
    const { policy } = agent.domain.rosters.current().roster;
    const stricter = { act: "key.rotate", m: 1, delaySec: 3_600, maxTtlSec: 3_600 } as const;
    const taken = await deliver(agent, draft(agent, { policy: [...policy, stricter] }), ada);
    expect(taken).toMatchObject({ outcome: "applied" }); // what only takes away is refused by no host
  });

  test.each([
    [{ act: "client.enrol", m: 1, delaySec: 3_600, maxTtlSec: 259_200 } as const],
    [{ act: "*", m: 1, delaySec: 60, maxTtlSec: 259_200 } as const],
  ])("that this key server could not keep are refused: %o", async (rule) => {
    const { policy } = agent.domain.rosters.current().roster;
    const link = draft(agent, { policy: [...policy.filter(({ act }) => act !== rule.act), rule] });
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "refused", code: "E_UNSUPPORTED" });
  });

  test("that leave out who proposes a change of the rules are refused, because nobody is", async () => {
    const emmy = new SoftwareAdministrator({ label: "Emmy" });
    await deliver(agent, adding(agent, [grace, emmy]), ada, grace, emmy);
    const { policy } = agent.domain.rosters.current().roster;
    const rules = policy.map((rule) => (rule.act === "roster.update" ? { ...rule, noSelf: true } : rule));
    const link = draft(agent, { policy: rules });
    expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "refused", code: "E_UNSUPPORTED" });
  });

  test("that changed end what was proposed under the ones before: with an approval on record, else without", async () => {
    await deliver(agent, adding(agent, [grace]), ada, grace);
    const [approved, unapproved] = [agent.propose("domain.unlock"), agent.propose("domain.unlock")];
    expect(await agent.deliver(approved, 0)).toMatchObject({ outcome: "pending" });
    expect(await agent.deliver(unapproved)).toMatchObject({ outcome: "pending" });
    agent.clock.advance(1);
    await deliver(agent, draft(agent, { renew: true }), ada, grace);
    await agent.domain.admission.runDue();
    expect(agent.domain.admission.find(approved.hash)).toMatchObject({ status: "expired" });
    expect(agent.domain.admission.find(unapproved.hash)).toBeNull();
    expect(await agent.deliver(agent.propose("domain.lock"), 0)).toMatchObject({ outcome: "applied" });
  });
});

describe("a passkey of a page on this machine", () => {
  test("is replaced by one of the company's page with a touch of each, and a restart in between", async () => {
    await agent.close();
    const origin = "http://agent.localhost:7400";
    const tried = { channel: "this-machine", rpId: "agent.localhost", origin } as const;
    ada = new SoftwareAdministrator({ label: "Ada", ...tried });
    agent = await PasskeyAgent.found({ administrators: [ada] });
    expect(() => adding(agent, [grace])).toThrow("page that only this machine reaches");
    const lasting = new SoftwareAdministrator({ label: "Ada" });
    const intro = introduce(agent, lasting, ada.adm);
    const more = { ...ada.rosterEntry(), creds: lasting.credentials };
    const old = ada.credentials[0]?.credId ?? "";
    const link = draft(agent, { administrators: [more], removeCredentials: [old] }, [intro]);
    expect(await deliver(agent, link, lasting)).toMatchObject({ outcome: "pending", new: { have: 1, need: 1 } });
    await agent.restart();
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "applied" });
    expect(await deliver(agent, adding(agent, [grace]), lasting, grace)).toMatchObject({ outcome: "applied" });
  });
});

describe("one administrator", () => {
  test("row 137: a destroy that waits its delay across a renewal and a restart is carried out once, under the newest roster", async () => {
    const key = await agent.key();
    await agent.apply("key.deactivate", { key: key.id });
    const destroy = agent.propose("key.destroy", { key: key.id });
    expect(await agent.deliver(destroy, 0)).toMatchObject({ outcome: "scheduled" });
    agent.clock.advance(60);
    const renewal = draft(agent, { renew: true });
    expect(await deliver(agent, renewal, ada)).toMatchObject({ outcome: "scheduled" });
    await run(DAY / 2);
    await agent.restart();
    await run(DAY / 2 + 240);
    expect(agent.domain.rosters.current().hash).toBe(renewal.hash);
    await agent.run(240);
    expect(agent.domain.keystore.findKey(key.id)).toMatchObject({ state: "destroyed" });
    const { receipt } =
      agent.domain.keystore.findAuthentic<{ receipt: { doc: string } }>("receipt", destroy.hash) ??
      expect.unreachable();
    const { roster } = JSON.parse(Buffer.from(receipt.doc, "base64url").toString("utf8"));
    expect(roster).toEqual({ seq: 1, hash: renewal.hash });
    expect(agent.kinds().filter((kind) => kind === "key.destroy")).toHaveLength(1);
  });

  test("has proposals of its own refused without a quorum, however often they come", async () => {
    const link = draft(agent, { renew: true });
    expect(await deliver(agent, link)).toMatchObject({ outcome: "pending", old: { have: 0, need: 1 } });
    expect(agent.domain.links.pending()).toHaveLength(1);
    await agent.restart();
    expect(agent.domain.links.pending()).toHaveLength(1);
    agent.clock.advance(8 * DAY);
    await agent.domain.links.runDue();
    expect(agent.domain.links.pending()).toHaveLength(0);
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "refused", code: "E_EXPIRED" });
  });
});
