import { verifyReport } from "@holdfast/custody-report";
import {
  decodeBase64url,
  docHash,
  draftRecovery,
  encodeBase64url,
  encodeRoster,
  findCredential,
  type PasskeyCredential,
  parseRoster,
  RECOVERY_DELAY_SECONDS,
  type Roster,
} from "@holdfast/protocol";
import { approveRaw, recoveryKey, SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { makeReport } from "../report/make-report.ts";
import { proposeRecovery, recoveryState } from "./recovery.ts";
import { deliver, draft, envelopeOf, introduce } from "./testing/links.ts";
import { drafted, objected, recoveredBy, signed, vetoed } from "./testing/recoveries.ts";

const HOUR = 3_600;
const [PAPER, SAFE] = [recoveryKey("on paper"), recoveryKey("in the safe")];

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
let fresh: SoftwareAdministrator;

async function found(): Promise<void> {
  ada = new SoftwareAdministrator({ label: "Ada" });
  fresh = ada.anew("Ada's new phone");
  agent = await PasskeyAgent.found({ administrators: [ada], change: recoveredBy([PAPER, SAFE]) });
  await agent.key();
}
beforeEach(() => found());
afterEach(() => agent.close());

const seq = () => agent.domain.rosters.current().roster.seq;
const keyState = () => JSON.stringify([...agent.domain.keystore.keys()]);
const notice = () => recoveryState(agent.domain).waiting;
const run = async (seconds: number) => {
  for (let passed = 0; passed < seconds; passed += 120) {
    agent.clock.advance(Math.min(120, seconds - passed));
    await agent.domain.links.runDue();
  }
};

/** The next honest thing works: a key is made by whoever is administrator now. */
async function expectObeys(who: SoftwareAdministrator): Promise<void> {
  agent.administrators.splice(0, agent.administrators.length, who);
  expect((await agent.key(`made by ${who.label}`)).label).toBe(`made by ${who.label}`);
}

describe("a recovery", () => {
  test("row 145: completes by running time alone, across restarts, with nobody else there", async () => {
    const hash = await drafted(agent, fresh);
    expect(notice()).toMatchObject([{ hash, kind: "recover", status: "pending", have: 0, need: 1, due: null }]);
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled" });
    expect(notice()).toMatchObject([{ status: "scheduled", have: 1, due: agent.clock.now() + RECOVERY_DELAY_SECONDS }]);
    await run(36 * HOUR);
    await agent.restart(() => agent.clock.advance(10 * 86_400));
    expect(notice()).toMatchObject([{ hash, status: "scheduled" }]);
    await run(36 * HOUR - 300);
    expect(seq()).toBe(0);
    await run(600);
    expect(seq()).toBe(1);
    const { roster } = agent.domain.rosters.current();
    expect(findCredential(roster, ada.passkey.credId)).toBeNull();
    expect(notice()).toEqual([]);
    await agent.restart();
    await expectObeys(fresh);
    const renewal = draft(agent, { renew: true });
    expect(renewal.roster.recover).toBeUndefined();
    expect(await deliver(agent, renewal, fresh)).toMatchObject({ outcome: "scheduled" });
  });

  test("row 50: is not over because somebody says so: not by the clock, not by delivering it again", async () => {
    const hash = await drafted(agent, fresh);
    await signed(agent, hash, PAPER);
    const before = keyState();
    agent.clock.setWall(agent.clock.now() + 30 * 86_400);
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled", code: "E_DELAY" });
    await run(600);
    agent.clock.setWall(agent.clock.now() - 30 * 86_400);
    expect(agent.counted("E_DELAY")).toBe(1);
    expect(seq()).toBe(0);
    expect(keyState()).toBe(before);
    const early = agent.propose("key.create", { args: { items: [newKey()] } });
    const byFresh = agent.envelope(early, [fresh.passkey.approve([early.hash])]);
    expect(await agent.domain.admission.deliver(byFresh)).toMatchObject({ outcome: "refused" });
    await expectObeys(ada);
  });

  test("row 49: with too few recovery keys, or a stranger's, waits for more or is refused, and changes nothing", async () => {
    await deliver(agent, draft(agent, { recovery: { m: 2 } }), ada);
    await run(RECOVERY_DELAY_SECONDS + 240);
    const before = keyState();
    const hash = await drafted(agent, fresh);
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "pending", code: "E_ROSTER_THRESHOLD" });
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "pending", old: { have: 1, need: 2 } });
    expect(agent.counted("E_ROSTER_THRESHOLD")).toBe(2);
    expect(await signed(agent, hash, recoveryKey("forged"))).toMatchObject({
      outcome: "refused",
      code: "E_CRED_UNKNOWN",
    });
    await run(80 * HOUR);
    expect([seq(), keyState()]).toEqual([1, before]);
    expect(await signed(agent, hash, SAFE)).toMatchObject({ outcome: "scheduled" });
    await expectObeys(ada);
  });

  test("row 135: that adds an agent is refused, whoever signed it", async () => {
    const { agents } = agent.domain.rosters.current().roster;
    const creds = new Map([[ada.adm, fresh.credentials as PasskeyCredential[]]]);
    const intros = [introduce(agent, fresh)];
    const before = keyState();
    const other = new SoftwareAdministrator({ label: "Mallory" });
    for (const change of [
      (roster: Roster): Roster => ({ ...roster, agents: [...agents, { ...agents[0], label: "two" } as never] }),
      (roster: Roster): Roster => ({ ...roster, admins: [...roster.admins, other.rosterEntry()] }),
      (roster: Roster): Roster => ({ ...roster, recovery: { ...roster.recovery, delaySec: 0 } }),
    ]) {
      const roster = change(draftRecovery(agent.domain.rosters.current(), creds, agent.clock.now()));
      const link = linkOf(roster, intros);
      const approvals = [PAPER, SAFE].map((key) => approveRaw(key, [link.hash], "recover"));
      const decided = await agent.domain.links.deliver(envelopeOf(link, approvals));
      expect(decided.outcome).toBe("refused");
      expect(["E_ROSTER_SCHEMA", "E_INTRO"]).toContain(decided.code);
      expect(agent.counted(decided.code ?? "")).toBeGreaterThan(0);
    }
    expect([seq(), keyState()]).toEqual([0, before]);
    await expectObeys(ada);
  });

  test("drafted again with more people takes the place of the draft that nobody has signed, and of no other", async () => {
    await agent.close();
    const grace = new SoftwareAdministrator({ label: "Grace" });
    agent = await PasskeyAgent.found({ administrators: [ada, grace], change: recoveredBy([PAPER, SAFE]) });
    await deliver(agent, draft(agent, { recovery: { m: 2 } }), ada, grace);
    await run(RECOVERY_DELAY_SECONDS + 240);
    const hashes = () => notice().map(({ hash }) => hash);
    const alone = await drafted(agent, fresh);
    const both = await drafted(agent, ada.anew("Ada's tablet"), grace.anew("Grace's new phone"));
    expect(hashes()).toEqual([both]);
    await expect(signed(agent, alone, PAPER)).rejects.toMatchObject({ code: "E_PRESTATE" });
    expect(await signed(agent, both, PAPER)).toMatchObject({ outcome: "pending" });
    const later = await drafted(agent, ada.anew("a third"), grace.anew("another third"));
    expect(hashes().sort()).toEqual([both, later].sort());
    const other = await drafted(agent, ada.anew("a fourth"));
    expect(hashes().sort()).toEqual([both, later, other].sort());
    expect(await signed(agent, both, SAFE)).toMatchObject({ outcome: "scheduled" });
  });

  test("takes no passkey that was not given to this key server", async () => {
    const hash = await drafted(agent, fresh);
    const [{ doc = "" } = {}] = notice();
    for (const one of agent.domain.introductions.all()) agent.domain.introductions.remove(one.hash);
    const link = { ...linkOf(parseRoster(decodeBase64url(doc)), []), hash };
    const decided = await agent.domain.links.deliver(envelopeOf(link, [approveRaw(PAPER, [hash], "recover")]));
    expect(decided).toMatchObject({ outcome: "refused", code: "E_INTRO" });
  });

  test("is stopped neither by a lock nor by the roster's end", async () => {
    agent.clock.advance(401 * 86_400);
    await agent.apply("domain.lock");
    const hash = await drafted(agent, fresh);
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled" });
    await run(RECOVERY_DELAY_SECONDS + 240);
    expect(seq()).toBe(1);
    expect(await agent.apply("domain.unlock")).toMatchObject({ outcome: "refused" });
    agent.administrators.splice(0, 1, fresh);
    expect(await agent.apply("domain.unlock")).toMatchObject({ outcome: "applied" });
    await expectObeys(fresh);
  });
});

test("nothing that a stolen passkey proposes takes the place of a recovery that waits", async () => {
  const waiting = draft(agent, {}, [], (roster) => ({ ...roster, notAfter: roster.notAfter + 86_400 }));
  expect(await deliver(agent, waiting, ada)).toMatchObject({ outcome: "scheduled" });
  const hash = await drafted(agent, fresh);
  expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled" });
  expect(agent.domain.links.find(waiting.hash)).toMatchObject({ status: "refused" });
  const tightened = draft(agent, {}, [], (roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
  expect(await deliver(agent, tightened, ada)).toMatchObject({ outcome: "refused", code: "E_ROSTER_SEQ" });
  expect(await deliver(agent, waiting, ada)).toMatchObject({ outcome: "refused" });
  expect(notice()).toMatchObject([{ hash, status: "scheduled" }]);
});

describe("an objection", () => {
  test("row 136: ends a recovery once at its place, and none that every recovery key signed, also after a restart", async () => {
    const first = await drafted(agent, fresh);
    await signed(agent, first, PAPER);
    expect(notice()).toMatchObject([{ mayObject: true }]);
    expect(await objected(agent, first, ada)).toMatchObject({ outcome: "cancelled" });
    expect(await signed(agent, first, PAPER).catch((error) => error)).toMatchObject({ code: "E_PRESTATE" });
    await agent.restart();
    agent.clock.advance(60);
    const second = await drafted(agent, fresh);
    expect(second).not.toBe(first);
    await signed(agent, second, PAPER);
    expect(notice()).toMatchObject([{ mayObject: false }]);
    expect(await objected(agent, second, ada)).toMatchObject({ outcome: "refused", code: "E_VETO" });
    expect(agent.counted("E_VETO")).toBe(1);
    await run(RECOVERY_DELAY_SECONDS + 240);
    expect(seq()).toBe(1);
    const again = fresh.anew("Ada's third phone");
    const third = await drafted(agent, again);
    const everyKey = [PAPER, SAFE].map((key) => approveRaw(key, [third], "recover"));
    const [{ doc = "" } = {}] = notice();
    await agent.domain.links.deliver(envelopeOf({ ...linkOf(parseRoster(decodeBase64url(doc)), []) }, everyKey));
    expect(notice()).toMatchObject([{ status: "scheduled", have: 2, mayObject: false }]);
    expect(await objected(agent, third, fresh)).toMatchObject({ outcome: "refused", code: "E_VETO" });
    await expectObeys(fresh);
    expect(await rosterEntriesOfReport()).toEqual(
      expect.arrayContaining([
        "roster.scheduled",
        "roster.cancelled",
        "roster.scheduled",
        "roster",
        "roster.scheduled",
      ]),
    );
  });

  test("row 134: removing the recovery key by one stolen passkey waits 72 hours, and either recovery key ends it", async () => {
    const without = (roster: Roster): Roster => ({ ...roster, recovery: { keys: [], m: 0, delaySec: 0 } });
    const removal = draft(agent, {}, [], without);
    const before = keyState();
    expect(await deliver(agent, removal, ada)).toMatchObject({
      outcome: "scheduled",
      due: agent.clock.now() + RECOVERY_DELAY_SECONDS,
    });
    expect(await deliver(agent, removal, ada)).toMatchObject({ outcome: "scheduled", code: "E_DELAY" });
    await run(RECOVERY_DELAY_SECONDS - HOUR);
    expect(seq()).toBe(0);
    expect(notice()).toMatchObject([{ kind: "keys", hash: removal.hash }]);
    expect(await vetoed(agent, removal.hash, recoveryKey("forged"))).toMatchObject({ code: "E_CRED_UNKNOWN" });
    expect(await vetoed(agent, removal.hash, SAFE)).toMatchObject({ outcome: "cancelled" });
    await run(2 * HOUR);
    expect([seq(), keyState()]).toEqual([0, before]);
    expect(agent.domain.rosters.current().roster.recovery.keys).toHaveLength(2);
    await expectObeys(ada);
  });
});

/** A report is made and verified as an auditor does. */
async function rosterEntriesOfReport(): Promise<string[]> {
  const { files } = await makeReport(agent.domain);
  const { facts } = await verifyReport(new Uint8Array(Buffer.from(files[0]?.base64 ?? "", "base64")));
  return facts.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("roster"));
}

function linkOf(roster: Roster, intros: readonly string[]) {
  const bytes = encodeRoster(roster);
  return { roster, doc: encodeBase64url(bytes), hash: docHash("roster", bytes), intros };
}

describe("links that the mailbox brings", () => {
  const prepared = (change: (roster: Roster) => Roster) => {
    introduce(agent, fresh);
    const intros = agent.domain.introductions.all().map(({ hash }) => hash);
    const passkeys = new Map([[ada.adm, fresh.passkeys.map((passkey) => passkey.credential())]]);
    const roster = change(draftRecovery(agent.domain.rosters.current(), passkeys, agent.clock.now()));
    const bytes = encodeRoster(roster);
    return { intros, link: { roster, doc: encodeBase64url(bytes), hash: docHash("roster", bytes), intros: [] } };
  };

  test("do not become the recovery that people sign: one that ends at once is refused, and another is not reused", async () => {
    const evil = prepared((roster) => ({ ...roster, notAfter: roster.issued + 1 }));
    expect(await agent.domain.links.deliver(envelopeOf(evil.link, []), "mailbox")).toMatchObject({
      outcome: "refused",
      code: "E_ROSTER_SCHEMA",
    });
    const other = prepared((roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    expect(await agent.domain.links.deliver(envelopeOf(other.link, []), "mailbox")).toMatchObject({
      outcome: "pending",
    });
    const ours = await proposeRecovery(agent.domain, evil.intros);
    expect(ours.hash).not.toBe(other.link.hash);
    expect((await proposeRecovery(agent.domain, evil.intros)).hash).toBe(ours.hash);
  });

  test("keep out neither a recovery nor a change proposed at the host, however many come", async () => {
    agent.clock.advance(60);
    const numbered = (n: number) =>
      draft(agent, { renew: true }, [], (roster) => ({ ...roster, acceptBy: roster.acceptBy - n }));
    for (let n = 1; n <= 32; n += 1) await agent.domain.links.deliver(envelopeOf(numbered(n), []), "mailbox");
    const before = keyState();
    expect(await agent.domain.links.deliver(envelopeOf(numbered(33), []), "mailbox")).toMatchObject({
      code: "E_LIMIT",
    });
    expect(agent.counted("E_LIMIT")).toBe(1);
    expect(keyState()).toBe(before);
    expect(await agent.domain.links.propose({ renew: true })).toMatchObject({ outcome: "pending" });
    const hash = await drafted(agent, fresh);
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled" });
  });
});
