import { type Credential, docHash, encodeRoster, type Roster, type RosterLink } from "@holdfast/protocol";
import { SoftwareAgent } from "../../agent/software-agent.ts";
import { type Founders, genesisRoster, recoveryKey, signGenesis } from "../../domain/found-domain.ts";
import { SoftwareAdministrator } from "../../domain/software-administrator.ts";
import { SoftwareKey } from "../../keys/software-key.ts";
import type { AssertionKnobs } from "../../passkey/software-passkey.ts";
import { accepted, type Case, refused } from "../vector.ts";

const CHECK = "verifyGenesis";
const NOW = 1_800_000_000;
const DAY = 86_400;

function founders(administrators: readonly SoftwareAdministrator[], local = false): Founders {
  const agent = new SoftwareAgent("agent one", "vector");
  return { seed: "vector", now: NOW, agent, administrators, recovery: local ? null : recoveryKey("vector") };
}

type Change = (roster: Roster) => Roster;
const same: Change = (roster) => roster;

function link(by: Founders, change: Change = same): RosterLink {
  return signGenesis(change(genesisRoster(by)), by);
}

function withCredential(change: (credential: Credential) => object): Change {
  return (roster) => ({
    ...roster,
    admins: roster.admins.map((one, index) =>
      index === 0 ? { ...one, creds: one.creds.map((each) => ({ ...each, ...change(each) }) as Credential) } : one,
    ),
  });
}

function withPolicy(change: (rule: Roster["policy"][number]) => object): Change {
  return (roster) => ({ ...roster, policy: roster.policy.map((rule) => ({ ...rule, ...change(rule) })) });
}

interface Makers {
  readonly ok: (name: string, made: RosterLink, why: string, near?: string) => Case;
  readonly bad: (code: string, name: string, made: RosterLink, why: string) => Case;
}

const make: Makers = {
  ok: (name, made, why, near = "E_GENESIS") => accepted(CHECK, name, { link: made }, { why, near }),
  bad: (code, name, made, why) => refused(code, CHECK, name, { link: made }, why),
};

function acceptedCases(ada: SoftwareAdministrator, grace: SoftwareAdministrator): Case[] {
  const two = new SoftwareAdministrator({ seed: "vector two", passkeys: 2 });
  const here = new SoftwareAdministrator({ seed: "vector here", channel: "this-machine" });
  const { ok } = make;
  return [
    ok("one administrator", link(founders([ada])), "a passkey, a recovery key, m of 1"),
    ok("two administrators", link(founders([ada, grace])), "m of 2 where the default says so"),
    ok("two passkeys of one person", link(founders([two])), "each proves possession"),
    ok("this machine", link(founders([here])), "one administrator and one agent on loopback", "E_ROSTER_SCHEMA"),
    ok(
      "a local administrator",
      link(founders([SoftwareAdministrator.local("vector")], true)),
      "no delays, no recovery key",
    ),
    ok("accepted up to seven days after", link(founders([ada])), "acceptBy at its latest", "E_ROSTER_SCHEMA"),
    ok(
      "a self-attested passkey",
      link(
        founders([ada]),
        withCredential(() => ({ att: "self" })),
      ),
      "not called verified",
      "E_ROSTER_ATTN",
    ),
    ok(
      "as Safari writes it",
      possessing(founders([ada]), { shape: "safari" }),
      "no crossOrigin",
      "E_ASSERT_CLIENTDATA",
    ),
  ];
}

function possessing(by: Founders, knobs: AssertionKnobs): RosterLink {
  const roster = genesisRoster(by);
  const hash = docHash("roster", encodeRoster(roster));
  const possession = by.administrators.flatMap((one) => one.possess(by.agent.aid, hash, knobs));
  return { ...signGenesis(roster, by), possession };
}

function formCases(ada: SoftwareAdministrator, grace: SoftwareAdministrator): Case[] {
  const { bad } = make;
  const by = founders([ada]);
  const honest = link(by);
  const { aikSig: _, ...unsigned } = honest;
  const other = new SoftwareAgent("agent two", "another");
  const code = "E_GENESIS";
  return [
    bad(code, "not signed by its agent", unsigned, "the aik signs, purpose genesis"),
    bad(
      "E_SIG",
      "signed by another key",
      { ...honest, aikSig: other.aik.signRaw("genesis", "A".repeat(43)) },
      "does not fit",
    ),
    bad(code, "without proof of possession", { ...honest, possession: [] }, "every credential proves it"),
    bad(
      code,
      "with a stranger's proof besides",
      { ...honest, possession: [...honest.possession, ...grace.possess(by.agent.aid, "")] },
      "of its own credentials only",
    ),
    bad(
      code,
      "with a proof for another person",
      { ...honest, possession: honest.possession.map((one) => ({ ...one, adm: grace.adm })) },
      "the invitation names the administrator",
    ),
    bad(
      code,
      "with a proof at another agent",
      { ...honest, possession: ada.possess(other.aid, "") },
      "the invitation names the agent",
    ),
    bad(
      "E_ASSERT_CLIENTDATA",
      "with a proof of another invitation",
      { ...honest, possession: honest.possession.map((one) => ({ ...one, inviteId: "a".repeat(26) })) },
      "the challenge binds it",
    ),
    bad(
      "E_ASSERT_UV",
      "with a proof without its person",
      possessing(by, { flags: { uv: false } }),
      "checked like any approval",
    ),
    bad(
      "E_ASSERT_SIG",
      "with a proof by another key",
      possessing(by, { signer: SoftwareKey.make("ES256", "another") }),
      "checked like any approval",
    ),
    bad(
      code,
      "without random bytes",
      link(by, ({ rand: _rand, ...roster }) => roster),
      "16 bytes of the agent",
    ),
    bad(
      code,
      "of a later place",
      link(by, (roster) => ({ ...roster, seq: 1 })),
      "seq is 0",
    ),
    bad(
      code,
      "that names a domain",
      link(by, (roster) => ({ ...roster, tid: "a".repeat(26) })),
      "the tid follows from it",
    ),
    bad(
      code,
      "that names a predecessor",
      link(by, (roster) => ({ ...roster, prev: "A".repeat(43) })),
      "it has none",
    ),
    bad(
      code,
      "with an approval",
      { ...honest, approvals: [ada.passkey.approve(["A".repeat(43)], { counter: 1 })] },
      "a genesis has none",
    ),
    bad(
      code,
      "good for 400 days and a second",
      link(by, (roster) => ({ ...roster, notAfter: roster.notAfter + 1 })),
      "exactly 400 days",
    ),
    bad(
      code,
      "with two agents",
      link(by, (roster) => ({ ...roster, agents: [...roster.agents, other.rosterEntry()] })),
      "one agent founds a domain",
    ),
    bad(
      code,
      "without a recovery key",
      link(by, (roster) => ({ ...roster, recovery: { keys: [], m: 0, delaySec: 3 * DAY } })),
      "passkeys get lost",
    ),
    bad(
      code,
      "with another recovery delay",
      link(by, (roster) => ({ ...roster, recovery: { ...roster.recovery, delaySec: 172_800 } })),
      "72 hours",
    ),
  ];
}

function ruleCases(ada: SoftwareAdministrator, grace: SoftwareAdministrator): Case[] {
  const code = "E_ROSTER_SCHEMA";
  const by = founders([ada]);
  const bad = (name: string, change: Change, why: string, from = by) => make.bad(code, name, link(from, change), why);
  const here = founders([new SoftwareAdministrator({ seed: "vector here", channel: "this-machine" })]);
  const both = founders([ada, grace]);
  const local = founders([SoftwareAdministrator.local("vector")], true);
  const twice: Change = (roster) => ({ ...roster, admins: roster.admins.flatMap((one) => [one, one]) });
  return [
    bad(
      "accepted seven days and a second after",
      (roster) => ({ ...roster, acceptBy: NOW + 7 * DAY + 1 }),
      "a week at most",
    ),
    bad("accepted before its issue", (roster) => ({ ...roster, acceptBy: NOW - 1 }), "not before"),
    bad(
      "an agent under another id",
      (roster) => ({ ...roster, agents: roster.agents.map((one) => ({ ...one, aid: `a_${"a".repeat(26)}` })) }),
      "the id follows from the key",
    ),
    bad(
      "an agent whose log key is of the other kind",
      (roster) => ({ ...roster, agents: roster.agents.map((one) => ({ ...one, alk: one.aik })) }),
      "alk is Ed25519",
    ),
    bad("an administrator twice", twice, "each person once"),
    bad(
      "a key of another kind than it says",
      withCredential(() => ({ alg: "RS256" })),
      "alg is the key's",
    ),
    bad(
      "an origin with a path",
      withCredential(({ channel }) => ({ channel, origin: "https://keys.example.com/" })),
      "scheme, host, port",
    ),
    bad(
      "an origin of another name",
      withCredential(() => ({ origin: "https://keys.example.net" })),
      "at or below the RP ID",
    ),
    bad(
      "an origin whose name only ends like it",
      withCredential(() => ({ origin: "https://evilkeys.example.com" })),
      "at or below the RP ID",
    ),
    bad(
      "customer without TLS",
      withCredential(() => ({ origin: "http://keys.example.com" })),
      "https",
    ),
    bad(
      "customer on localhost",
      withCredential(() => ({ rpId: "a.localhost", origin: "https://a.localhost" })),
      "a name of the customer's",
    ),
    bad(
      "this-machine elsewhere",
      withCredential(() => ({ rpId: "keys.example.com", origin: "http://keys.example.com" })),
      "http on a name below localhost",
      here,
    ),
    bad(
      "this-machine with a second administrator",
      (roster) => ({ ...roster, admins: [...roster.admins, grace.rosterEntry()] }),
      "one administrator only",
      here,
    ),
    bad(
      "hosted alone",
      withCredential(() => ({ channel: "hosted" })),
      "nobody could approve a link",
    ),
    bad(
      "without a rule for what is not named",
      (roster) => ({ ...roster, policy: roster.policy.filter(({ act }) => act !== "*") }),
      "every act has a rule",
    ),
    bad(
      "an act with two rules",
      (roster) => ({ ...roster, policy: [...roster.policy, ...roster.policy.slice(0, 1)] }),
      "one each",
    ),
    bad(
      "more approvals than people",
      withPolicy(() => ({ m: 2 })),
      "thresholds can be met",
    ),
    bad(
      "more approvals than people of the group",
      withPolicy(() => ({ groups: ["security"] })),
      "thresholds can be met",
    ),
    bad(
      "an act that needs more than a link",
      withPolicy(({ act }) => ({ m: act === "roster.update" ? 1 : 2 })),
      "else two lower what needs three",
      both,
    ),
    bad(
      "nobody besides the proposer",
      withPolicy(({ act }) => (act === "*" ? { noSelf: true } : {})),
      "thresholds can be met",
    ),
    bad(
      "more recovery keys needed than there are",
      (roster) => ({ ...roster, recovery: { ...roster.recovery, m: 2 } }),
      "thresholds can be met",
    ),
    bad(
      "a recovery key twice",
      (roster) => ({
        ...roster,
        recovery: { ...roster.recovery, keys: roster.recovery.keys.flatMap((key) => [key, key]) },
      }),
      "each once",
    ),
    bad(
      "an act that waits longer than 30 days",
      withPolicy(({ act }) => (act === "roster.update" ? { delaySec: 30 * DAY + 1 } : {})),
      "whoever raises a delay cannot put off its undoing for years",
    ),
    bad(
      "a local administrator with a delay",
      withPolicy(() => ({ delaySec: 60 })),
      "none",
      local,
    ),
    bad(
      "a local administrator beside another",
      (roster) => ({ ...roster, admins: [...roster.admins, grace.rosterEntry()] }),
      "stands alone",
      local,
    ),
    bad(
      "a local administrator with a recovery delay",
      (roster) => ({ ...roster, recovery: { ...roster.recovery, delaySec: 60 } }),
      "none",
      local,
    ),
    make.bad(
      "E_ROSTER_ATTN",
      "a passkey called verified",
      link(
        by,
        withCredential(() => ({ att: "verified" })),
      ),
      "no roots are named",
    ),
  ];
}

/** docs/spec/roster.md sections 2 and 3: how a domain begins. */
export function genesisCases(): Case[] {
  const ada = new SoftwareAdministrator({ label: "Ada", seed: "vector ada" });
  const grace = new SoftwareAdministrator({ label: "Grace", seed: "vector grace" });
  return [...acceptedCases(ada, grace), ...formCases(ada, grace), ...ruleCases(ada, grace)];
}
