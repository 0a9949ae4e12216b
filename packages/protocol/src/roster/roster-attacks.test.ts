import { HostileControlPlane, SoftwareAdministrator, SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { acceptRosterLink } from "./accept-roster-link.ts";
import { quorumFor } from "./quorum.ts";
import type { Roster, RosterAgent } from "./roster.ts";
import { findAgent, verifyRosterChain } from "./verify-roster-chain.ts";

const now = (domain: SoftwareDomain) => domain.clock.now();
const adding = (one: SoftwareAdministrator) => (roster: Roster) => ({
  ...roster,
  admins: [...roster.admins, one.rosterEntry()],
});

async function refusedCode(domain: SoftwareDomain, link: Parameters<typeof acceptRosterLink>[1]): Promise<unknown> {
  const { head } = await domain.verified();
  return acceptRosterLink(head, link, now(domain)).then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );
}

describe("a control plane that lies about the roster", () => {
  test("cannot make itself the administrator", async () => {
    const domain = SoftwareDomain.found({ administrators: 2 });
    expect(await refusedCode(domain, new HostileControlPlane(domain).usurpingLink())).toBe("E_ROSTER_THRESHOLD");
  });

  test("cannot put an administrator of its own into a link that was approved", async () => {
    const domain = SoftwareDomain.found({ administrators: 2 });
    const approved = domain.signLink(domain.nextRoster());
    const grafted = new HostileControlPlane(domain).graftedLink(approved);
    expect(await refusedCode(domain, approved)).toBe("accepted");
    expect(await refusedCode(domain, grafted)).toBe("E_ROSTER_THRESHOLD");
  });

  test("cannot take approvals away and have the rest count", async () => {
    const domain = SoftwareDomain.found({ administrators: 2 });
    const link = domain.signLink(domain.nextRoster());
    expect(await refusedCode(domain, new HostileControlPlane(domain).strippedLink(link, 1))).toBe("E_ROSTER_THRESHOLD");
  });

  test("cannot replay the link that was accepted last, nor an older one", async () => {
    const domain = SoftwareDomain.found();
    const first = domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter + 1 }));
    const second = domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter + 1 }));
    expect(await refusedCode(domain, second)).toBe("E_ROSTER_SEQ");
    expect(await refusedCode(domain, first)).toBe("E_ROSTER_SEQ");
  });

  test("cannot fork: a second valid link for an accepted place does not follow the accepted one", async () => {
    const domain = SoftwareDomain.found();
    const fork = domain.signLink(domain.nextRoster((roster) => ({ ...roster, notAfter: roster.notAfter + 9 })));
    expect(await refusedCode(domain, fork)).toBe("accepted");
    domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter + 1 }));
    expect(await refusedCode(domain, fork)).toBe("E_ROSTER_SEQ");
  });

  test("cannot pass another domain's chain for this one: its words differ", async () => {
    const domain = SoftwareDomain.found();
    const lookalike = new HostileControlPlane(domain).lookalike();
    expect((await verifyRosterChain(lookalike.links)).tid).not.toBe(domain.tid);
    expect(await refusedCode(domain, lookalike.signLink(lookalike.nextRoster()))).toBe("E_TENANT");
  });

  test("cannot offer a command's approval as a link's", async () => {
    const domain = SoftwareDomain.found();
    const link = domain.signLink(domain.nextRoster());
    const [approval] = domain.signLink(domain.nextRoster()).approvals;
    const command = domain.propose({ act: "domain.lock", args: {} });
    const ofCommand = { ...domain.approve([command]), list: approval?.list ?? [] };
    expect(await refusedCode(domain, { ...link, approvals: [ofCommand] })).toBe("E_ASSERT_CLIENTDATA");
  });
});

describe("a roster's rules", () => {
  test("let nobody who was removed approve what follows", async () => {
    const domain = SoftwareDomain.found({ administrators: 2 });
    const [ada, grace] = domain.administrators as [SoftwareAdministrator, SoftwareAdministrator];
    const alone = (roster: Roster): Roster => ({
      ...roster,
      admins: roster.admins.slice(0, 1),
      policy: roster.policy.map((rule) => ({ ...rule, m: 1 })),
    });
    domain.extend(alone);
    expect(await refusedCode(domain, domain.signLink(domain.nextRoster(), { approvers: [grace] }))).toBe(
      "E_CRED_UNKNOWN",
    );
    expect(await refusedCode(domain, domain.signLink(domain.nextRoster(), { approvers: [ada] }))).toBe("accepted");
  });

  test("take a lost passkey's place only with a new proof of possession", async () => {
    const domain = SoftwareDomain.found({ administrators: [{ passkeys: 2 }] });
    const [ada] = domain.administrators as [SoftwareAdministrator];
    const fresh = new SoftwareAdministrator({ label: "fresh", seed: "fresh" });
    const replaced = (roster: Roster): Roster => ({
      ...roster,
      admins: [{ ...ada.rosterEntry(), creds: [ada.credentials[0], fresh.credentials[0]] as never }],
    });
    const signed = domain.signLink(domain.nextRoster(replaced));
    const hash = signed.approvals[0]?.list[0] ?? "";
    const names = { aid: domain.agent.aid, inviteId: fresh.inviteId, adm: ada.adm };
    const proof = fresh.passkey.possess(names);
    expect(await refusedCode(domain, signed)).toBe("E_ROSTER_THRESHOLD");
    expect(await refusedCode(domain, { ...signed, possession: fresh.possess(domain.agent.aid, hash) })).toBe(
      "E_ROSTER_THRESHOLD",
    );
    expect(await refusedCode(domain, { ...signed, possession: [proof] })).toBe("accepted");
  });

  test("let a local administrator be replaced by a passkey, and never by one that did not agree", async () => {
    const domain = SoftwareDomain.found({ local: true });
    const ada = new SoftwareAdministrator({ seed: "linker" });
    const { recovery: key, roster } = SoftwareDomain.found();
    const { recovery } = roster;
    const replaced = (old: Roster): Roster => ({ ...old, admins: [ada.rosterEntry()], recovery });
    const next = domain.nextRoster(replaced);
    const keys = key === null ? [] : [key];
    expect(await refusedCode(domain, domain.signLink(next, { added: [ada], keys }))).toBe("accepted");
    expect(await refusedCode(domain, domain.signLink(next, { added: [ada] }))).toBe("E_ROSTER_THRESHOLD");
    const alone = domain.signLink(next, { approvers: domain.administrators, added: [] });
    expect(await refusedCode(domain, { ...alone, possession: ada.possess(domain.agent.aid, "") })).toBe(
      "E_ROSTER_THRESHOLD",
    );
  });

  test("of a local administrator never count towards more than one", async () => {
    const domain = SoftwareDomain.found({ local: true });
    const ada = new SoftwareAdministrator({ seed: "second" });
    expect(await refusedCode(domain, domain.signLink(domain.nextRoster(adding(ada)), { added: [ada] }))).toBe(
      "E_ROSTER_SCHEMA",
    );
  });

  test("give every act the default rules of the specification", () => {
    const need = (administrators: number) => {
      const { roster } = SoftwareDomain.found({ administrators });
      const of = (act: Parameters<typeof quorumFor>[1]) => {
        const { m, delaySec } = quorumFor(roster, act);
        return `${m} after ${delaySec / 3600} h`;
      };
      return (["key.create", "client.enrol", "key.suspend", "key.resume", "key.destroy", "roster.update"] as const).map(
        of,
      );
    };
    expect(need(1)).toEqual([
      "1 after 0 h",
      "1 after 0 h",
      "1 after 0 h",
      "1 after 0 h",
      "1 after 24 h",
      "1 after 24 h",
    ]);
    expect(need(3)).toEqual([
      "1 after 0 h",
      "2 after 0 h",
      "1 after 0 h",
      "2 after 0 h",
      "2 after 24 h",
      "2 after 24 h",
    ]);
  });
});

describe("an agent of a chain", () => {
  test("is found after it left, as it was when it signed", async () => {
    const domain = SoftwareDomain.found();
    const other: RosterAgent = { ...new HostileControlPlane(domain).impostor.rosterEntry(), label: "agent two" };
    domain.extend((roster) => ({ ...roster, agents: [...roster.agents, other] }));
    domain.extend((roster) => ({ ...roster, agents: roster.agents.slice(0, 1) }));
    const chain = await domain.verified();
    expect(findAgent(chain, other.aid)?.label).toBe("agent two");
    expect(findAgent(chain, `a_${"a".repeat(26)}`)).toBeNull();
  });
});
