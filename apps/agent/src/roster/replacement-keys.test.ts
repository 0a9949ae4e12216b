import { verifyReport } from "@holdfast/custody-report";
import { encodeBase64url, RECOVERY_DELAY_SECONDS, type Roster, recoveryChallenge } from "@holdfast/protocol";
import { recoveryKey, SoftwareAdministrator, type SoftwareKey } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { beginReplacementKey, takeReplacementKey } from "../admin/replacement-key-routes.ts";
import { proposeLink } from "../admin/roster-routes.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { makeReport } from "../report/make-report.ts";
import { recoveryState } from "./recovery.ts";
import { decisionOf, deliver, draft, envelopeOf } from "./testing/links.ts";
import { drafted, objected, recoveredBy, signed, vetoed } from "./testing/recoveries.ts";

const [PAPER, SAFE, BANK] = [recoveryKey("on paper"), recoveryKey("in the safe"), recoveryKey("in the bank")];
const DEEP = recoveryKey("in the deep vault");

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;

async function found(keys: readonly SoftwareKey[], m = 1): Promise<void> {
  ada = new SoftwareAdministrator({ label: "Ada" });
  agent = await PasskeyAgent.found({ administrators: [ada], change: recoveredBy(keys, m) });
  await agent.key();
}
afterEach(() => agent.close());

const recovery = () => agent.domain.rosters.current().roster.recovery;
const keyState = () => JSON.stringify([...agent.domain.keystore.keys()]);
const run = async (seconds: number) => {
  for (let passed = 0; passed < seconds; passed += 120) {
    agent.clock.advance(Math.min(120, seconds - passed));
    await agent.domain.links.runDue();
  }
};

/** A holder makes a key under the agent's invitation. @returns the introduction's hash and bytes */
async function held(key: SoftwareKey, label = "Safe"): Promise<{ readonly hash: string; readonly doc: string }> {
  const asked = beginReplacementKey(agent.agent, agent.domain, { label });
  const sig = key.signRaw("recover", recoveryChallenge(asked));
  const { hash } = await takeReplacementKey(agent.agent, agent.domain, {
    ...{ invitation: asked.invitation, cose: key.coseText, sig },
  });
  return { hash, doc: agent.domain.introductions.find(hash)?.doc ?? "" };
}

async function verifiedKinds(): Promise<string[]> {
  const { files } = await makeReport(agent.domain);
  const { facts } = await verifyReport(new Uint8Array(Buffer.from(files[0]?.base64 ?? "", "base64")));
  return facts.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("roster"));
}

/** The next honest thing works. */
async function expectObeys(who: SoftwareAdministrator): Promise<void> {
  agent.administrators.splice(0, agent.administrators.length, who);
  expect((await agent.key(`made by ${who.label}`)).label).toBe(`made by ${who.label}`);
}

describe("a replacement key that is added later", () => {
  beforeEach(() => found([PAPER]));

  test("waits as long as a recovery, then recovers as one of the founding does; the auditor follows all of it", async () => {
    const { hash, doc } = await held(SAFE);
    const proposed = await proposeLink(agent.domain, { intros: [hash] });
    expect(proposed).toMatchObject({ outcome: "pending" });
    const key = { alg: "EdDSA" as const, cose: SAFE.coseText };
    const link = draft(agent, { recovery: { add: [key] } }, [doc]);
    expect(await deliver(agent, link, ada)).toMatchObject({
      outcome: "scheduled",
      due: agent.clock.now() + RECOVERY_DELAY_SECONDS,
    });
    expect(recovery().keys).toHaveLength(1);
    await run(RECOVERY_DELAY_SECONDS + 240);
    expect(recovery().keys.map(({ cose }) => cose)).toEqual([PAPER.coseText, SAFE.coseText]);
    await agent.restart();
    const fresh = ada.anew("Ada's new phone");
    expect(await signed(agent, await drafted(agent, fresh), SAFE)).toMatchObject({ outcome: "scheduled" });
    await run(RECOVERY_DELAY_SECONDS + 240);
    await expectObeys(fresh);
    expect(await verifiedKinds()).toEqual(["roster.scheduled", "roster", "roster.scheduled", "roster"]);
  });

  test("takes the place of one whose words somebody saw, which then recovers nothing any more", async () => {
    const { doc } = await held(SAFE);
    const key = { alg: "EdDSA" as const, cose: SAFE.coseText };
    const link = draft(agent, { recovery: { add: [key], remove: [PAPER.coseText] } }, [doc]);
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "scheduled" });
    await run(RECOVERY_DELAY_SECONDS + 240);
    const hash = await drafted(agent, ada.anew("Ada's new phone"));
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "refused", code: "E_CRED_UNKNOWN" });
    expect(await signed(agent, hash, SAFE)).toMatchObject({ outcome: "scheduled" });
    await expectObeys(ada);
  });

  test("counts for nothing unless its holder gave it to this key server, and it was there", async () => {
    const before = keyState();
    const asked = beginReplacementKey(agent.agent, agent.domain, { label: "Mallory" });
    const sig = BANK.signRaw("recover", recoveryChallenge({ ...asked, inviteId: "a".repeat(26) }));
    const other = { invitation: asked.invitation, cose: BANK.coseText, sig };
    await expect(takeReplacementKey(agent.agent, agent.domain, other)).rejects.toMatchObject({ code: "E_OFFER" });
    const key = { alg: "EdDSA" as const, cose: BANK.coseText };
    const foreign = draft(agent, { recovery: { add: [key] } });
    expect(await deliver(agent, foreign, ada)).toMatchObject({ outcome: "refused", code: "E_INTRO" });
    const { doc } = await held(SAFE);
    const swapped = draft(agent, { recovery: { add: [key] } }, [doc]);
    expect(await deliver(agent, swapped, ada)).toMatchObject({ outcome: "refused", code: "E_INTRO" });
    expect(agent.counted("E_INTRO")).toBe(2);
    expect([keyState(), recovery().keys.length]).toEqual([before, 1]);
    await expectObeys(ada);
  });

  test("by one stolen passkey alone is stopped by the present replacement key, however often it is tried", async () => {
    const before = keyState();
    for (const evil of [recoveryKey("thief one"), recoveryKey("thief two")]) {
      const { doc } = await held(evil, "Mallory");
      const key = { alg: "EdDSA" as const, cose: evil.coseText };
      const link = draft(agent, { recovery: { add: [key], remove: [PAPER.coseText] } }, [doc]);
      expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "scheduled" });
      expect(recoveryState(agent.domain).waiting).toMatchObject([{ kind: "keys", hash: link.hash }]);
      expect(await vetoed(agent, link.hash, evil)).toMatchObject({ code: "E_CRED_UNKNOWN" });
      await run(3_600);
      expect(await vetoed(agent, link.hash, PAPER)).toMatchObject({ outcome: "cancelled" });
    }
    expect([keyState(), recovery().keys.map(({ cose }) => cose)]).toEqual([before, [PAPER.coseText]]);
    await expectObeys(ada);
  });

  test("is taken neither by a locked domain nor where it would leave none, or a wait that nobody sees", async () => {
    const shorter = (delaySec: number) => (roster: Roster) => ({
      ...roster,
      recovery: { ...roster.recovery, delaySec },
    });
    for (const change of [shorter(60), shorter(31 * 86_400)])
      expect(await deliver(agent, draft(agent, {}, [], change), ada)).toMatchObject({ code: "E_ROSTER_SCHEMA" });
    await expect(proposeLink(agent.domain, { removeKeys: ["r_none"] })).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    const { doc } = await held(SAFE);
    const key = { alg: "EdDSA" as const, cose: SAFE.coseText };
    const link = draft(agent, { recovery: { add: [key] } }, [doc]);
    await agent.apply("domain.lock");
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "refused", code: "E_LOCKED" });
    expect(await agent.apply("domain.unlock")).toMatchObject({ outcome: "applied" });
    await expectObeys(ada);
  });
});

describe("a replacement key whose words somebody saw", () => {
  /** Two of three recover it: what no genesis says, and so a change. */
  async function foundTwoOfThree(): Promise<void> {
    await found([PAPER, SAFE, BANK]);
    expect(await deliver(agent, draft(agent, { recovery: { m: 2 } }), ada)).toMatchObject({ outcome: "scheduled" });
    await run(RECOVERY_DELAY_SECONDS + 240);
    expect(recovery()).toMatchObject({ m: 2, keys: [{}, {}, {}] });
  }

  /** An exchange of one key for another, approved. */
  async function exchanged(seen: SoftwareKey) {
    const { doc } = await held(DEEP);
    const key = { alg: "EdDSA" as const, cose: DEEP.coseText };
    const link = draft(agent, { recovery: { add: [key], remove: [seen.coseText] } }, [doc]);
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "scheduled" });
    return link;
  }

  test("either of two: a recovery by the thief at hour 71, however often, does not end the exchange that takes it away", async () => {
    await found([PAPER, SAFE]);
    const link = await exchanged(PAPER);
    await run(71 * 3_600);
    for (const phone of ["thief's phone", "thief's other phone"]) {
      const hash = await drafted(agent, ada.anew(phone));
      const refused = await withstand(agent, "E_ROSTER_SEQ", () => signed(agent, hash, PAPER));
      expect(refused).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
      expect(refused.next).toContain("object to that change");
    }
    await agent.restart();
    await run(3_600 + 240);
    expect(recovery().keys.map(({ cose }) => cose)).toEqual([SAFE.coseText, DEEP.coseText]);
    expect(agent.domain.index.link(link.hash)?.state).toBe("applied");
    await expectObeys(ada);
    expect(await verifiedKinds()).toEqual(["roster.scheduled", "roster"]);
  });

  test("two of three: the thief's objection to its own exchange does not count; those of the keys that stay do", async () => {
    await foundTwoOfThree();
    const link = await exchanged(PAPER);
    await run(70 * 3_600);
    const refused = await withstand(agent, "E_VETO", () => vetoed(agent, link.hash, PAPER));
    expect(refused).toMatchObject({ outcome: "refused", code: "E_VETO" });
    expect(refused.what).toContain("those can object");
    await run(2 * 3_600 + 240);
    expect(recovery().keys.map(({ cose }) => cose)).toEqual([SAFE, BANK, DEEP].map(({ coseText }) => coseText));
    const back = draft(agent, { recovery: { remove: [DEEP.coseText] } });
    expect(await deliver(agent, back, ada)).toMatchObject({ outcome: "scheduled" });
    expect(await vetoed(agent, back.hash, BANK)).toMatchObject({ outcome: "cancelled" });
    await expectObeys(ada);
    const kinds = ["roster.scheduled", "roster", "roster.scheduled", "roster", "roster.scheduled", "roster.cancelled"];
    expect(await verifiedKinds()).toEqual(kinds);
  });

  test("two of three: with one that stays it is too few against the exchange; two that stay end it, and no signature is lost", async () => {
    await foundTwoOfThree();
    const link = await exchanged(PAPER);
    const hash = await drafted(agent, ada.anew("Ada's new phone"));
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "pending", code: "E_ROSTER_THRESHOLD" });
    const refused = await withstand(agent, "E_ROSTER_SEQ", () => signed(agent, hash, SAFE));
    expect(refused).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
    await agent.restart();
    expect(await signed(agent, hash, BANK)).toMatchObject({ outcome: "scheduled" });
    expect(agent.domain.index.link(link.hash)?.state).toBe("refused");
    await expectObeys(ada);
    const kinds = ["roster.scheduled", "roster", "roster.scheduled", "roster.scheduled", "roster.refused"];
    expect(await verifiedKinds()).toEqual(kinds);
  });

  test("rogue administrators that leave fewer keys than a recovery takes: each key objects, and a recovery ends it", async () => {
    await foundTwoOfThree();
    const robbed = () =>
      draft(agent, {}, [], (roster) => ({
        ...roster,
        recovery: { ...roster.recovery, m: 1, keys: roster.recovery.keys.slice(2) },
      }));
    const one = robbed();
    expect(await deliver(agent, one, ada)).toMatchObject({ outcome: "scheduled" });
    expect(await vetoed(agent, one.hash, PAPER)).toMatchObject({ outcome: "cancelled" });
    agent.clock.advance(1);
    const other = robbed();
    expect(await deliver(agent, other, ada)).toMatchObject({ outcome: "scheduled" });
    const hash = await drafted(agent, ada.anew("Ada's new phone"));
    await signed(agent, hash, PAPER);
    expect(await signed(agent, hash, SAFE)).toMatchObject({ outcome: "scheduled" });
    expect(agent.domain.index.link(other.hash)?.state).toBe("refused");
    expect(recovery().keys).toHaveLength(3);
    await expectObeys(ada);
  });
});

describe("a further signature on a recovery that waits", () => {
  beforeEach(() => found([PAPER, SAFE, BANK]));

  test("is kept across restarts and shown; once every key has signed, nobody ends it, and it takes no less time", async () => {
    const fresh = ada.anew("Ada's new phone");
    const hash = await drafted(agent, fresh);
    const first = await signed(agent, hash, PAPER);
    const [{ due, signedBy } = { due: 0, signedBy: [] }] = recoveryState(agent.domain).waiting;
    expect(signedBy).toHaveLength(1);
    await run(3_600);
    expect(await signed(agent, hash, SAFE)).toMatchObject({ outcome: "scheduled", due, old: { have: 2, need: 1 } });
    expect(recoveryState(agent.domain).waiting).toMatchObject([{ have: 2, mayObject: true, due }]);
    await agent.restart();
    expect(recoveryState(agent.domain).waiting).toMatchObject([{ have: 2, signedBy: [{}, {}], unsigned: [{}] }]);
    expect(await signed(agent, hash, BANK)).toMatchObject({ outcome: "scheduled", old: { have: 3 } });
    expect(first.leaf).toBeLessThan(agent.domain.index.link(hash)?.n ?? 0);
    expect(recoveryState(agent.domain).waiting).toMatchObject([{ have: 3, unsigned: [], mayObject: false }]);
    expect(await objected(agent, hash, ada)).toMatchObject({ outcome: "refused", code: "E_VETO" });
    await run(RECOVERY_DELAY_SECONDS - 7_200);
    expect(agent.domain.rosters.current().roster.seq).toBe(0);
    await run(3_840);
    await expectObeys(fresh);
    expect(await verifiedKinds()).toEqual(["roster.scheduled", "roster.signed", "roster.signed", "roster"]);
  });

  test("that does not verify, or was there before, changes nothing and loses nothing", async () => {
    const hash = await drafted(agent, ada.anew("Ada's new phone"));
    await signed(agent, hash, PAPER);
    const before = keyState();
    const entries = agent.domain.log.size;
    expect(await signed(agent, hash, recoveryKey("forged"))).toMatchObject({ code: "E_CRED_UNKNOWN" });
    const [{ doc } = { doc: "" }] = recoveryState(agent.domain).waiting;
    const forged = {
      decision: 1 as const,
      list: [hash],
      credId: SAFE.rawCredId,
      sig: encodeBase64url(new Uint8Array(64)),
    };
    expect(await agent.domain.links.deliver(envelopeOf({ doc, hash, intros: [] } as never, [forged]))).toMatchObject({
      code: "E_SIG",
    });
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled", code: "E_DELAY" });
    expect(agent.counted("E_DELAY")).toBe(1);
    expect([agent.domain.log.size, keyState()]).toEqual([entries, before]);
    expect(recoveryState(agent.domain).waiting).toMatchObject([{ hash, have: 1, status: "scheduled" }]);
    expect(await objected(agent, hash, ada)).toMatchObject({ outcome: "cancelled" });
    await expectObeys(ada);
  });

  test("is not had from an administrator's passkey, and not for a change that is no recovery", async () => {
    const link = draft(agent, { renew: true });
    expect(await deliver(agent, link, ada)).toMatchObject({ outcome: "scheduled" });
    expect(await deliver(agent, link, ada)).toMatchObject({ code: "E_DELAY" });
    const hash = await drafted(agent, ada.anew("Ada's new phone"));
    await signed(agent, hash, PAPER);
    const [{ doc } = { doc: "" }] = recoveryState(agent.domain).waiting;
    const byAda = decisionOf(ada, { hash } as never);
    expect(await agent.domain.links.deliver(envelopeOf({ doc, hash, intros: [] } as never, [byAda]))).toMatchObject({
      outcome: "refused",
      code: "E_CRED_UNKNOWN",
    });
    expect(recoveryState(agent.domain).waiting).toMatchObject([{ have: 1, status: "scheduled" }]);
  });
});
