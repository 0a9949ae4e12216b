import { encodeBase64url, encodeRoster, type PolicyRule, type Roster, type RosterLink } from "@holdfast/protocol";
import { SoftwareAgent } from "../../agent/software-agent.ts";
import { recoveryKey } from "../../domain/found-domain.ts";
import { SoftwareAdministrator } from "../../domain/software-administrator.ts";
import { type LinkOptions, SoftwareDomain } from "../../domain/software-domain.ts";
import { HostileControlPlane } from "../../hostile/hostile-control-plane.ts";
import { accepted, type Case, refused } from "../vector.ts";

const CHECK = "acceptRosterLink";
type Change = (roster: Roster) => Roster;
const same: Change = (roster) => roster;

/** Cases over one domain; honest links are signed with fixed counters, so that their order does not matter. */
class Linker {
  readonly domain: SoftwareDomain;

  constructor(administrators: number, seed: string) {
    this.domain = SoftwareDomain.found({ seed: `vector ${seed}`, administrators });
  }

  input(link: RosterLink, acceptedAt: number | null = this.domain.clock.now()) {
    return { chain: this.domain.links, link, acceptedAt };
  }

  link(change: Change = same, options: LinkOptions = {}): RosterLink {
    const approval = { counter: 9, ...options.approval };
    return this.domain.signLink(this.domain.nextRoster(change), { ...options, approval });
  }

  ok(name: string, link: RosterLink, why: string, near = "E_ROSTER_THRESHOLD", acceptedAt?: number | null): Case {
    return accepted(CHECK, name, this.input(link, acceptedAt), { why, near });
  }

  bad(code: string, name: string, link: RosterLink, why: string, acceptedAt?: number | null): Case {
    return refused(code, CHECK, name, this.input(link, acceptedAt), why);
  }
}

const adding =
  (...people: readonly SoftwareAdministrator[]): Change =>
  (roster) => ({ ...roster, admins: [...roster.admins, ...people.map((one) => one.rosterEntry())] });

const withPolicy =
  (change: (rule: PolicyRule) => object): Change =>
  (roster) => ({ ...roster, policy: roster.policy.map((rule) => ({ ...rule, ...change(rule) })) });

function placeCases(one: Linker): Case[] {
  const { domain } = one;
  const now = domain.clock.now();
  const elsewhere = SoftwareDomain.found({ seed: "vector elsewhere" });
  const soon = domain.nextRoster().acceptBy;
  return [
    one.ok("that changes nothing", one.link(), "a renewal", "E_ROSTER_SEQ"),
    one.ok("accepted at the last moment", one.link(), "acceptBy itself", "E_EXPIRED", soon),
    one.ok("of which no acceptance is recorded", one.link(), "acceptBy is then not judged", "E_EXPIRED", null),
    one.ok(
      "dated ten minutes ahead",
      one.link((roster) => ({ ...roster, issued: now + 600, acceptBy: now + 700 })),
      "clocks differ",
      "E_EXPIRED",
    ),
    one.bad("E_EXPIRED", "accepted a second too late", one.link(), "after acceptBy", soon + 1),
    one.bad(
      "E_EXPIRED",
      "dated further ahead",
      one.link((roster) => ({ ...roster, issued: now + 601, acceptBy: now + 700 })),
      "ten minutes at most",
    ),
    one.bad(
      "E_TENANT",
      "of another domain",
      elsewhere.signLink(elsewhere.nextRoster(), { approval: { counter: 1 } }),
      "its tid is another",
    ),
    one.ok("of this domain", one.link(), "its tid is this one", "E_TENANT"),
    one.bad("E_TENANT", "a second genesis", { ...(elsewhere.links[0] as RosterLink) }, "a genesis names no domain"),
    one.bad(
      "E_ROSTER_SEQ",
      "that leaves one out",
      one.link((roster) => ({ ...roster, seq: roster.seq + 1 })),
      "seq follows",
    ),
    one.bad(
      "E_ROSTER_SEQ",
      "of the same place",
      one.link((roster) => ({ ...roster, seq: roster.seq - 1 })),
      "seq follows",
    ),
    one.bad(
      "E_ROSTER_SEQ",
      "after another roster",
      one.link((roster) => ({ ...roster, prev: "A".repeat(43) })),
      "prev is the hash of the one before",
    ),
    one.bad(
      "E_ROSTER_SEQ",
      "without predecessor",
      one.link(({ prev: _, ...roster }) => roster),
      "prev is there",
    ),
  ];
}

function changeCases(one: Linker): Case[] {
  const { domain } = one;
  const code = "E_ROSTER_SCHEMA";
  const link = one.link();
  const credential =
    (change: object): Change =>
    (roster) => ({
      ...roster,
      admins: roster.admins.map((each) => ({ ...each, creds: each.creds.map((cred) => ({ ...cred, ...change })) })),
    });
  return [
    one.ok(
      "with another name for a person",
      one.link((roster) => ({ ...roster, admins: roster.admins.map((each) => ({ ...each, label: "Ada L." })) })),
      "labels may change",
      code,
    ),
    one.bad(
      code,
      "with another root key",
      one.link((roster) => ({ ...roster, rootCommit: "A".repeat(43) })),
      "a domain keeps its root key",
    ),
    one.bad(
      code,
      "with random bytes",
      one.link((roster) => ({ ...roster, rand: "AAAAAAAAAAAAAAAAAAAAAA" })),
      "only a genesis has them",
    ),
    one.bad(
      code,
      "with an agent's signature",
      { ...link, aikSig: domain.agent.aik.signRaw("genesis", "A".repeat(43)) },
      "only a genesis has one",
    ),
    one.bad(
      code,
      "with a credential on another origin",
      one.link(credential({ origin: "https://keys.example.com:8443" })),
      "a credential does not change under its id",
    ),
    one.bad(
      code,
      "with a credential over another channel",
      one.link(credential({ channel: "hosted" })),
      "a credential does not change under its id",
    ),
  ];
}

function thresholdCases(two: Linker): Case[] {
  const [ada, grace] = two.domain.administrators as [SoftwareAdministrator, SoftwareAdministrator];
  const mary = new SoftwareAdministrator({ label: "Mary", seed: "vector mary" });
  const hal = { label: "Hal", seed: "vector hosted", channel: "hosted" } as const;
  const hosted = new SoftwareAdministrator({ ...hal, rpId: "approve.example.net" });
  const beside = new SoftwareAdministrator({ ...hal, rpId: "approve.keys.example.com" });
  const hostile = new HostileControlPlane(two.domain);
  const code = "E_ROSTER_THRESHOLD";
  const only = (...people: readonly SoftwareAdministrator[]): LinkOptions => ({ approvers: people });
  const three = withPolicy(({ act }) => (act === "*" || act === "roster.update" ? { m: 3 } : {}));
  const addMary: LinkOptions = { added: [mary] };
  const link = two.link();
  const [first] = link.approvals;
  return [
    two.ok("approved by both", link, "m of 2"),
    two.ok("that adds a person", two.link(adding(mary), addMary), "with proof of possession"),
    two.ok(
      "that raises the threshold to three",
      two.link((roster) => three(adding(mary)(roster)), addMary),
      "the new m is met too",
    ),
    two.bad(code, "approved by one", two.link(same, only(ada)), "two of the old roster"),
    two.bad(
      code,
      "approved by one, twice",
      { ...link, approvals: first ? [first, first] : [] },
      "people are counted, not approvals",
    ),
    two.bad(code, "approved by nobody", two.link(same, only()), "two of the old roster"),
    two.bad(
      code,
      "approved by one and the newcomer",
      two.link(adding(mary), { ...only(ada, mary), added: [mary] }),
      "the old roster does not know the newcomer",
    ),
    two.bad(
      code,
      "that needs three and has two",
      withoutLast(two.link((roster) => three(adding(mary)(roster)), addMary)),
      "the new m is not met",
    ),
    two.bad(
      code,
      "that adds a person without proof of possession",
      { ...two.link(adding(mary), addMary), possession: [] },
      "every added credential proves it",
    ),
    two.bad(
      code,
      "with a rejection among its approvals",
      two.link(same, { approval: { decision: 2 } }),
      "approvals only",
    ),
    two.bad(
      code,
      "with approvals of a list of two",
      {
        ...link,
        approvals: [ada, grace].map((one) => one.passkey.approve([listOf(link), "A".repeat(43)], { counter: 9 })),
      },
      "a link is signed alone",
    ),
    two.bad(
      code,
      "with approvals of another link",
      { ...two.link(adding(mary), addMary), approvals: link.approvals },
      "of this link",
    ),
    two.bad(
      "E_CRED_UNKNOWN",
      "with a stranger's approval",
      { ...link, approvals: [...link.approvals, hostile.stranger.passkey.approve([listOf(link)], { counter: 9 })] },
      "of neither roster",
    ),
    two.ok(
      "with the newcomer's approval besides",
      two.link(adding(mary), addMary),
      "of the new roster",
      "E_CRED_UNKNOWN",
    ),
    two.bad(
      "E_ASSERT_CLIENTDATA",
      "approved on another origin",
      two.link(same, { approval: { origin: "https://dashboard.example.net" } }),
      "checked like any approval",
    ),
    two.bad(code, "that the control plane would like", hostile.usurpingLink(), "the old roster has not approved"),
    two.bad(
      "E_ROSTER_SCHEMA",
      "that needs a hosted page's approval",
      two.link((roster) => three(adding(hosted)(roster)), { added: [hosted] }),
      "hosted counts for no link, so three could never be met",
    ),
    two.bad(
      "E_ROSTER_SCHEMA",
      "with a hosted page below the name of the key server's own",
      two.link(adding(beside), { added: [beside] }),
      "a hosted page is on a name of its own",
    ),
  ];
}

function withoutLast(link: RosterLink): RosterLink {
  return { ...link, approvals: link.approvals.slice(0, -1) };
}

function listOf(link: RosterLink): string {
  return link.approvals[0]?.list[0] ?? "";
}

function chainCases(two: Linker): Case[] {
  const check = "verifyRosterChain";
  const long = SoftwareDomain.found({ seed: "vector chain" });
  const mary = new SoftwareAdministrator({ label: "Mary", seed: "vector chain mary" });
  long.extend(adding(mary), { added: [mary], approval: { counter: 9 } });
  long.extend((roster) => ({ ...roster, admins: roster.admins.slice(0, 1) }), { approval: { counter: 10 } });
  const { links } = long;
  return [
    accepted(check, "three links", { chain: links }, { why: "founded, joined, left", near: "E_ROSTER_SEQ" }),
    refused("E_GENESIS", check, "none", { chain: [] }, "a chain begins with a genesis"),
    refused(
      "E_ROSTER_SEQ",
      check,
      "without its middle",
      { chain: [links[0], links[2]] },
      "each follows the one before",
    ),
    refused("E_GENESIS", check, "without its beginning", { chain: links.slice(1) }, "a chain begins with a genesis"),
    refused(
      "E_TENANT",
      check,
      "begun by another genesis",
      { chain: [two.domain.links[0], ...links.slice(1)] },
      "another domain",
    ),
  ];
}

function delayCases(two: Linker): Case[] {
  const old = two.domain.roster;
  const mary = new SoftwareAdministrator({ label: "Mary", seed: "vector mary" });
  const agent = new SoftwareAgent("agent two", "vector two");
  const input = (change: Change, hasKeys = true) => {
    const next = two.domain.nextRoster(change);
    return { old: encodeBase64url(encodeRoster(old)), next: encodeBase64url(encodeRoster(next)), hasKeys };
  };
  const delay = (name: string, change: Change, why: string, hasKeys = true) =>
    accepted("rosterLinkDelay", name, input(change, hasKeys), { why });
  const newRecovery: Change = (roster) => ({
    ...roster,
    recovery: { ...roster.recovery, keys: [{ alg: "EdDSA", cose: recoveryKey("vector new").coseText }] },
  });
  return [
    delay("one person fewer", (roster) => ({ ...roster, admins: roster.admins.slice(0, 1) }), "only removes"),
    delay(
      "a higher threshold",
      withPolicy(({ act }) => (act === "key.create" ? { m: 2 } : {})),
      "only raises",
    ),
    delay(
      "a longer delay of changes of the roster",
      withPolicy(({ act }) => (act === "roster.update" ? { delaySec: 30 * 86_400 } : {})),
      "it would shut the owners out, so it waits the delay that holds",
    ),
    delay(
      "a shorter life of changes of the roster",
      withPolicy(({ act }) => (act === "roster.update" ? { maxTtlSec: 60 } : {})),
      "it would shut the owners out, so it waits the delay that holds",
    ),
    delay("an earlier end", (roster) => ({ ...roster, notAfter: old.notAfter - 1 }), "only shortens"),
    delay("one person more", adding(mary), "loosens"),
    delay("one person more, before the first key", adding(mary), "nothing to protect yet", false),
    delay(
      "one agent more",
      (roster) => ({ ...roster, agents: [...roster.agents, agent.rosterEntry()] }),
      "agent additions wait",
    ),
    delay(
      "a lower threshold",
      withPolicy(({ act }) => (act === "key.destroy" ? { m: 1 } : {})),
      "loosens",
    ),
    delay(
      "a rule left out",
      (roster) => ({ ...roster, policy: roster.policy.filter(({ act }) => act !== "key.destroy") }),
      "falls back to another",
    ),
    delay(
      "a shorter delay",
      withPolicy(({ act }) => (act === "key.destroy" ? { delaySec: 0 } : {})),
      "loosens",
    ),
    delay("a later end", (roster) => ({ ...roster, notAfter: old.notAfter + 1 }), "a renewal loosens"),
    delay("another recovery key", newRecovery, "waits recovery's delay"),
    delay("another recovery key, before the first key", newRecovery, "even then", false),
    delay(
      "a recovery",
      (roster) => ({ ...roster, recover: true }),
      "waits recovery's delay, even before the first key",
      false,
    ),
    delay(
      "another recovery delay and one person more",
      (roster) => newRecovery(adding(mary)(roster)),
      "the longer of both",
    ),
  ];
}

/** docs/spec/roster.md sections 4 and 5: how a domain changes. */
export function rosterLinkCases(): Case[] {
  const one = new Linker(1, "one");
  const two = new Linker(2, "two");
  return [...placeCases(one), ...changeCases(one), ...thresholdCases(two), ...chainCases(two), ...delayCases(two)];
}
