import { approveRaw, recoveryKey, SoftwareAdministrator, SoftwareAgent, SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { DECISION } from "../approval/challenges.ts";
import { ProtocolError } from "../errors.ts";
import { acceptRosterLink } from "./accept-roster-link.ts";
import { ROSTER_LIFE_SECONDS } from "./default-policy.ts";
import { draftRecovery } from "./draft-recovery.ts";
import type { Roster } from "./roster.ts";
import type { RosterLink } from "./roster-link.ts";
import { rosterLinkDelay } from "./roster-link-delay.ts";
import { verifyRosterVeto } from "./verify-roster-veto.ts";

/** Rows of docs/threat-model/hostile-operator.md about recovery, and what a recovery may do. */
const SECOND = recoveryKey("second recovery key");
const THIRD = recoveryKey("third recovery key");

/** Two administrators; `m` of three recovery keys. */
function domainOf(m = 1): SoftwareDomain {
  const domain = SoftwareDomain.found({ administrators: 2 });
  const keys = [SECOND, THIRD].map(({ coseText }) => ({ alg: "EdDSA" as const, cose: coseText }));
  const recovery = (roster: Roster): Roster => ({
    ...roster,
    recovery: { ...roster.recovery, m, keys: [...roster.recovery.keys, ...keys] },
  });
  domain.extend(recovery, { keys: [SECOND, THIRD] });
  return domain;
}

const first = ({ administrators: [ada] }: SoftwareDomain) => ada as SoftwareAdministrator;
const second = ({ administrators: [, grace] }: SoftwareDomain) => grace as SoftwareAdministrator;
const ownKey = ({ recovery }: SoftwareDomain) => recovery ?? expect.unreachable();
const freshOf = (domain: SoftwareDomain) => first(domain).anew("fresh");

/** The first administrator gets a fresh passkey in place of all that were lost. */
function recoverTo(fresh: SoftwareAdministrator, more: (roster: Roster) => Roster = (roster) => roster) {
  return (roster: Roster): Roster =>
    more({
      ...roster,
      recover: true,
      admins: roster.admins.map((one) => (one.adm === fresh.adm ? { ...one, creds: [...fresh.credentials] } : one)),
    });
}

function recoverLink(domain: SoftwareDomain, keys = [ownKey(domain)], more?: (roster: Roster) => Roster): RosterLink {
  const fresh = freshOf(domain);
  return domain.signRecovery(domain.nextRoster(recoverTo(fresh, more)), {
    keys,
    possession: fresh.possess(domain.agent.aid, ""),
  });
}

async function judge(domain: SoftwareDomain, link: RosterLink): Promise<unknown> {
  const { head } = await domain.verified();
  return acceptRosterLink(head, link, domain.clock.now()).then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );
}

async function veto(
  domain: SoftwareDomain,
  link: RosterLink,
  decision: Parameters<typeof verifyRosterVeto>[2],
  placeVetoed = false,
): Promise<unknown> {
  const { head } = await domain.verified();
  return verifyRosterVeto(head, link, decision, placeVetoed).then(
    ({ kind }) => kind,
    (error: { code: string }) => error.code,
  );
}

async function hashOf(domain: SoftwareDomain, link: RosterLink): Promise<string> {
  const { head } = await domain.verified();
  return (await acceptRosterLink(head, link, domain.clock.now())).hash;
}

const reject = (one: SoftwareAdministrator, hash: string) => one.passkey.approve([hash], { decision: DECISION.reject });

describe("a recovery", () => {
  test("gives an administrator other passkeys, waits recovery's delay, and the chain goes on after it", async () => {
    const domain = domainOf();
    const link = recoverLink(domain);
    expect(await judge(domain, link)).toBe("accepted");
    const roster = domain.nextRoster(recoverTo(freshOf(domain)));
    expect(rosterLinkDelay(domain.roster, roster, false)).toEqual({ delaySec: 259_200, reason: "recovery" });
    domain.append(link, roster);
    const fresh = freshOf(domain);
    const renewed = domain.signLink(domain.nextRoster(), { approvers: [fresh, second(domain)] });
    expect(await judge(domain, renewed)).toBe("accepted");
    expect(await judge(domain, domain.signLink(domain.nextRoster()))).toBe("E_CRED_UNKNOWN");
  });

  test("is drafted for whoever has fresh passkeys, for another 400 days, and for nobody else", async () => {
    const domain = domainOf();
    const fresh = freshOf(domain);
    const { head } = await domain.verified();
    const drafted = draftRecovery(head, new Map([[fresh.adm, [fresh.passkey.credential()]]]), domain.clock.now());
    expect(drafted.notAfter).toBe(domain.clock.now() + ROSTER_LIFE_SECONDS);
    const possession = fresh.possess(domain.agent.aid, "");
    expect(await judge(domain, domain.signRecovery(drafted, { possession }))).toBe("accepted");
    const stranger = new SoftwareAdministrator({ seed: "no administrator" });
    const toStranger = new Map([[stranger.adm, [stranger.passkey.credential()]]]);
    expect(() => draftRecovery(head, toStranger, domain.clock.now())).toThrow(ProtocolError);
  });

  test("leaves administrators out where the rules can still be met", async () => {
    const domain = SoftwareDomain.found({ administrators: 3 });
    const without = (roster: Roster) => ({ ...roster, admins: roster.admins.slice(0, 2) });
    const toOne = (roster: Roster) => ({ ...roster, admins: roster.admins.slice(0, 1) });
    expect(await judge(domain, recoverLink(domain, undefined, without))).toBe("accepted");
    expect(await judge(domain, recoverLink(domain, undefined, toOne))).toBe("E_ROSTER_SCHEMA");
  });

  test("row 49: signed by too few recovery keys, by one twice, or by administrators, it is refused", async () => {
    const domain = domainOf(2);
    const own = ownKey(domain);
    expect(await judge(domain, recoverLink(domain, [own]))).toBe("E_ROSTER_THRESHOLD");
    expect(await judge(domain, recoverLink(domain, [own, own]))).toBe("E_ROSTER_THRESHOLD");
    expect(await judge(domain, recoverLink(domain, []))).toBe("E_ROSTER_THRESHOLD");
    expect(await judge(domain, recoverLink(domain, [own, recoveryKey("forged")]))).toBe("E_CRED_UNKNOWN");
    const unsigned = recoverLink(domain, []);
    const sig = recoverLink(domain, [recoveryKey("forged")]).approvals[0]?.sig ?? "";
    const [good] = recoverLink(domain, [own]).approvals;
    const forged = { ...unsigned, approvals: [{ ...(good ?? expect.unreachable()), sig }] };
    expect(await judge(domain, forged)).toBe("E_SIG");
    const byPeople = domain.signLink(domain.nextRoster(recoverTo(freshOf(domain))));
    expect(await judge(domain, { ...byPeople, possession: unsigned.possession })).toBe("E_CRED_UNKNOWN");
    expect(await judge(domain, recoverLink(domain, [own, SECOND]))).toBe("accepted");
  });

  test("row 135: may add no agent, administrator, rule, witness, recovery key or backup, and rename nobody", async () => {
    const domain = domainOf();
    const mallory = new SoftwareAdministrator({ label: "Mallory", seed: "mallory" });
    const changes: Record<string, (roster: Roster) => Roster> = {
      agent: (roster) => ({ ...roster, agents: [...roster.agents, new SoftwareAgent("two", "stolen").rosterEntry()] }),
      administrator: (roster) => ({ ...roster, admins: [...roster.admins, mallory.rosterEntry()] }),
      rule: (roster) => ({ ...roster, policy: roster.policy.map((rule) => ({ ...rule, delaySec: 0 })) }),
      recovery: (roster) => ({ ...roster, recovery: { ...roster.recovery, delaySec: 0 } }),
      witness: (roster) => ({ ...roster, witnesses: [{ name: "evil", vkey: "evil+00000000+AAAA" }] }),
      backup: (roster) => ({ ...roster, backupTo: { ...roster.backupTo, pub: roster.agents[0]?.hpke ?? "" } }),
      name: (roster) => ({ ...roster, admins: roster.admins.map((one) => ({ ...one, label: "Mallory" })) }),
      groups: (roster) => ({ ...roster, admins: roster.admins.map((one) => ({ ...one, groups: ["default"] })) }),
    };
    for (const [name, change] of Object.entries(changes)) {
      const all = [ownKey(domain), SECOND, THIRD];
      const link = recoverLink(domain, all, change);
      const possession = [...link.possession, ...mallory.possess(domain.agent.aid, "")];
      expect(await judge(domain, { ...link, possession }), name).toBe("E_ROSTER_SCHEMA");
    }
    const later = (roster: Roster) => ({ ...roster, notAfter: roster.notAfter + 86_400 });
    expect(await judge(domain, recoverLink(domain, undefined, later))).toBe("accepted");
  });

  test("takes no passkey that does not prove possession, nor one that proved it for somebody else", async () => {
    const domain = domainOf();
    const link = recoverLink(domain);
    expect(await judge(domain, { ...link, possession: [] })).toBe("E_ROSTER_THRESHOLD");
    const other = second(domain).anew("fresh").possess(domain.agent.aid, "");
    expect(await judge(domain, { ...link, possession: other })).toBe("E_ROSTER_THRESHOLD");
  });

  test("is not made of a recovery key's signature for another purpose, decision or link", async () => {
    const domain = domainOf();
    const link = recoverLink(domain);
    const hash = await hashOf(domain, link);
    const own = ownKey(domain);
    const as = (approval: ReturnType<typeof approveRaw>) => judge(domain, { ...link, approvals: [approval] });
    expect(await as(approveRaw(own, [hash], "veto"))).toBe("E_SIG");
    expect(await as(approveRaw(own, [hash], "local"))).toBe("E_SIG");
    expect(await as(approveRaw(own, [hash], "recover", DECISION.reject))).toBe("E_ROSTER_THRESHOLD");
    expect(await as(approveRaw(own, [hash, "A".repeat(43)], "recover"))).toBe("E_ROSTER_THRESHOLD");
    expect(await as(approveRaw(own, [domain.hash], "recover"))).toBe("E_ROSTER_THRESHOLD");
  });

  test("is nothing that a recovery key can do without saying so: an ordinary link does not count it", async () => {
    const domain = domainOf();
    const link = recoverLink(domain, [ownKey(domain), SECOND, THIRD], ({ recover: _, ...roster }) => roster);
    expect(await judge(domain, link)).toBe("E_CRED_UNKNOWN");
  });
});

describe("an objection", () => {
  test("ends a recovery once at its place, and never one that every recovery key signed", async () => {
    const domain = domainOf();
    const some = recoverLink(domain);
    const hash = await hashOf(domain, some);
    const objection = reject(first(domain), hash);
    expect(await veto(domain, some, objection)).toBe("administrator");
    expect(await veto(domain, some, objection, true)).toBe("E_VETO");
    const all = recoverLink(domain, [ownKey(domain), SECOND, THIRD]);
    expect(await veto(domain, all, objection)).toBe("E_VETO");
  });

  test("of the recovery key: one passkey removes it only after recovery's delay, and that key objects", async () => {
    const domain = SoftwareDomain.found();
    const removing = (roster: Roster): Roster => ({ ...roster, recovery: { keys: [], m: 0, delaySec: 0 } });
    const roster = domain.nextRoster(removing);
    const link = domain.signLink(roster);
    expect(await judge(domain, link)).toBe("accepted");
    expect(rosterLinkDelay(domain.roster, roster, false)).toEqual({ delaySec: 259_200, reason: "recovery" });
    const hash = await hashOf(domain, link);
    expect(await veto(domain, link, approveRaw(ownKey(domain), [hash], "veto", DECISION.reject), true)).toBe(
      "recovery",
    );
    expect(await veto(domain, link, approveRaw(ownKey(domain), [hash], "recover", DECISION.reject))).toBe("E_SIG");
    expect(await veto(domain, link, approveRaw(recoveryKey("forged"), [hash], "veto", DECISION.reject))).toBe(
      "E_CRED_UNKNOWN",
    );
  });

  test("one sheet of three whose words were seen does not stop its own exchange; each key that stays does", async () => {
    const domain = domainOf(2);
    const taken = ownKey(domain);
    const without = (...gone: readonly { readonly coseText: string }[]) =>
      domain.signLink(
        domain.nextRoster((roster) => ({
          ...roster,
          recovery: {
            ...roster.recovery,
            m: Math.min(2, roster.recovery.keys.length - gone.length),
            keys: roster.recovery.keys.filter(({ cose }) => !gone.some(({ coseText }) => coseText === cose)),
          },
        })),
      );
    const objects = async (link: RosterLink, key: Parameters<typeof approveRaw>[0]) =>
      veto(domain, link, approveRaw(key, [await hashOf(domain, link)], "veto", DECISION.reject));
    const exchange = without(taken);
    expect(await objects(exchange, taken)).toBe("E_VETO");
    for (const key of [SECOND, THIRD]) expect(await objects(exchange, key)).toBe("recovery");
    expect(await veto(domain, exchange, reject(first(domain), await hashOf(domain, exchange)))).toBe("administrator");
    const fewer = without(taken, SECOND);
    for (const key of [taken, SECOND, THIRD]) expect(await objects(fewer, key)).toBe("recovery");
  });

  test("by a recovery key ends neither a recovery nor an ordinary link; by an administrator it ends the ordinary one", async () => {
    const domain = domainOf();
    const recovery = recoverLink(domain);
    const renewal = domain.signLink(domain.nextRoster());
    for (const link of [recovery, renewal]) {
      const objection = approveRaw(SECOND, [await hashOf(domain, link)], "veto", DECISION.reject);
      expect(await veto(domain, link, objection)).toBe("E_VETO");
    }
    expect(await veto(domain, renewal, reject(second(domain), await hashOf(domain, renewal)), true)).toBe(
      "administrator",
    );
  });

  test("is not an approval, not one to another link, and not a stranger's", async () => {
    const domain = domainOf();
    const link = recoverLink(domain);
    const hash = await hashOf(domain, link);
    expect(await veto(domain, link, first(domain).passkey.approve([hash]))).toBe("E_VETO");
    expect(await veto(domain, link, reject(first(domain), domain.hash))).toBe("E_VETO");
    expect(await veto(domain, link, reject(freshOf(domain), hash))).toBe("E_CRED_UNKNOWN");
    const { sig: _, ...rest } = reject(first(domain), hash);
    expect(await veto(domain, link, { ...rest, sig: reject(first(domain), domain.hash).sig })).toBe("E_ASSERT_SIG");
  });
});
