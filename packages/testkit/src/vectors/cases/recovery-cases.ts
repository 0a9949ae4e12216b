import {
  type Approval,
  approveChallenge,
  DECISION,
  type RecoveryPossession,
  type Roster,
  type RosterLink,
} from "@holdfast/protocol";
import { SoftwareAgent } from "../../agent/software-agent.ts";
import { approveRaw } from "../../domain/approve.ts";
import { possessRecoveryKey, recoveryKey } from "../../domain/found-domain.ts";
import { SoftwareAdministrator } from "../../domain/software-administrator.ts";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import type { SoftwareKey } from "../../keys/software-key.ts";
import { accepted, type Case, refused } from "../vector.ts";

type Change = (roster: Roster) => Roster;

/** A domain of one administrator and two recovery keys, any one of which recovers it. */
class Recoverer {
  readonly domain: SoftwareDomain;
  readonly keys: readonly SoftwareKey[];
  readonly fresh: SoftwareAdministrator;

  constructor() {
    const other = recoveryKey("vector other");
    const change: Change = (roster) => ({
      ...roster,
      recovery: { ...roster.recovery, keys: [...roster.recovery.keys, { alg: "EdDSA", cose: other.coseText }] },
    });
    this.domain = SoftwareDomain.found({ seed: "vector recovery", change });
    this.keys = [this.domain.recovery as SoftwareKey, other];
    this.fresh = this.lost.anew("vector fresh");
  }

  get lost(): SoftwareAdministrator {
    return this.domain.administrators[0] as SoftwareAdministrator;
  }

  link(keys: readonly SoftwareKey[] = this.keys.slice(0, 1), change: Change = (roster) => roster): RosterLink {
    const possession = this.fresh.possess(this.domain.agent.aid, "", { counter: 3 });
    const replaced: Change = (roster) => ({ ...roster, recover: true, admins: [this.fresh.rosterEntry()] });
    return this.domain.signRecovery(
      this.domain.nextRoster((roster) => change(replaced(roster))),
      { keys, possession },
    );
  }

  /** A link by the administrator that takes a recovery key away. */
  removal(): RosterLink {
    const change: Change = (roster) => ({
      ...roster,
      recovery: { ...roster.recovery, keys: roster.recovery.keys.slice(0, 1) },
    });
    return this.domain.signLink(this.domain.nextRoster(change), { approval: { counter: 4 } });
  }

  /** A link by the administrator that puts a third recovery key in the place of both. */
  exchange(): RosterLink {
    const third = recoveryKey("vector third");
    const change: Change = (roster) => ({
      ...roster,
      recovery: { ...roster.recovery, keys: [{ alg: "EdDSA", cose: third.coseText }] },
    });
    return this.domain.signLink(this.domain.nextRoster(change), { approval: { counter: 9 }, keys: [third] });
  }

  /** A link by the administrator that brings a third recovery key, with the proof that somebody has it. */
  addition(possession?: RosterLink["possession"], delaySec?: number): RosterLink {
    const third = recoveryKey("vector third");
    const change: Change = (roster) => ({
      ...roster,
      recovery: {
        keys: [...roster.recovery.keys, { alg: "EdDSA", cose: third.coseText }],
        m: 2,
        delaySec: delaySec ?? roster.recovery.delaySec,
      },
    });
    const link = this.domain.signLink(this.domain.nextRoster(change), { approval: { counter: 8 }, keys: [third] });
    return possession === undefined ? link : { ...link, possession };
  }

  input(link: RosterLink) {
    return { chain: this.domain.links, link, acceptedAt: this.domain.clock.now() };
  }

  objection(link: RosterLink, veto: Approval, vetoed = false) {
    return { chain: this.domain.links, link, veto, vetoed };
  }

  reject(link: RosterLink, by = this.lost): Approval {
    return by.passkey.approve([hashOf(link)], { decision: DECISION.reject, counter: 5 });
  }
}

/** The hash that a link's own first signature is over. */
function hashOf(link: RosterLink): string {
  return link.approvals[0]?.list[0] ?? "";
}

function linkCases(one: Recoverer): Case[] {
  const check = "acceptRosterLink";
  const [first, second] = one.keys as [SoftwareKey, SoftwareKey];
  const link = one.link();
  const bad = (code: string, name: string, given: RosterLink, why: string) =>
    refused(code, check, name, one.input(given), why);
  const stranger = recoveryKey("vector stranger");
  const mallory = new SoftwareAdministrator({ label: "Mallory", seed: "vector mallory", channel: "customer" });
  const added = one.link(one.keys, (roster) => ({ ...roster, admins: [...roster.admins, mallory.rosterEntry()] }));
  const possession = [...added.possession, ...mallory.possess(one.domain.agent.aid, "", { counter: 3 })];
  const other = new SoftwareAgent("agent two", "vector stolen");
  const ordinary = one.link(one.keys, ({ recover: _, ...roster }) => roster);
  return [
    accepted(check, "a recovery by one of two recovery keys", one.input(link), {
      ...{ why: "recovery.m is one", near: "E_ROSTER_THRESHOLD" },
    }),
    accepted(
      check,
      "a recovery with another end",
      one.input(one.link([second], (roster) => ({ ...roster, notAfter: roster.notAfter + 1 }))),
      { why: "an expired roster is recovered too", near: "E_ROSTER_SCHEMA" },
    ),
    bad("E_ROSTER_THRESHOLD", "a recovery that nobody signed", one.link([]), "recovery.m is one"),
    bad("E_CRED_UNKNOWN", "a recovery by a stranger's key", one.link([first, stranger]), "of no recovery key"),
    bad(
      "E_CRED_UNKNOWN",
      "a recovery approved by a passkey besides",
      { ...link, approvals: [...link.approvals, one.fresh.passkey.approve([hashOf(link)], { counter: 6 })] },
      "recovery keys alone",
    ),
    bad(
      "E_SIG",
      "a recovery signed for a veto",
      { ...link, approvals: [approveRaw(first, [hashOf(link)], "veto")] },
      "each purpose its own signature",
    ),
    bad(
      "E_SIG",
      "a recovery signed over another decision",
      {
        ...link,
        approvals: [
          {
            ...(link.approvals[0] as Approval),
            sig: first.signRaw("recover", approveChallenge(DECISION.reject, [hashOf(link)])),
          },
        ],
      },
      "the decision is signed",
    ),
    bad("E_ROSTER_SCHEMA", "a recovery that adds a person", { ...added, possession }, "in a link of its own"),
    bad(
      "E_ROSTER_SCHEMA",
      "a recovery that adds an agent",
      one.link(one.keys, (roster) => ({ ...roster, agents: [...roster.agents, other.rosterEntry()] })),
      "in a link of its own",
    ),
    bad(
      "E_ROSTER_SCHEMA",
      "a recovery that shortens its own delay",
      one.link(one.keys, (roster) => ({ ...roster, recovery: { ...roster.recovery, delaySec: 0 } })),
      "administrators and end only",
    ),
    bad(
      "E_ROSTER_SCHEMA",
      "a recovery that ends as soon as it is in force",
      one.link(one.keys, (roster) => ({ ...roster, notAfter: roster.issued + 1 })),
      "good for 30 days after its delay at least",
    ),
    bad(
      "E_ROSTER_SCHEMA",
      "a recovery that renames a person",
      one.link(one.keys, (roster) => ({
        ...roster,
        admins: roster.admins.map((each) => ({ ...each, label: "Mallory" })),
      })),
      "who people are stays",
    ),
    bad(
      "E_ROSTER_THRESHOLD",
      "a recovery to a passkey that is not there",
      { ...link, possession: [] },
      "possession as in every link",
    ),
    bad(
      "E_CRED_UNKNOWN",
      "a link that recovery keys sign and that is no recovery",
      ordinary,
      "it does not say recover",
    ),
  ];
}

function vetoCases(one: Recoverer): Case[] {
  const check = "verifyRosterVeto";
  const [first, second] = one.keys as [SoftwareKey, SoftwareKey];
  const link = one.link();
  const removal = one.removal();
  const exchange = one.exchange();
  const all = one.link(one.keys);
  const byKey = (given: RosterLink, key = second) => approveRaw(key, [hashOf(given)], "veto", DECISION.reject);
  const ok = (name: string, input: Case["input"], why: string) => accepted(check, name, input, { why, near: "E_VETO" });
  const bad = (code: string, name: string, input: Case["input"], why: string) => refused(code, check, name, input, why);
  const stranger = new SoftwareAdministrator({ seed: "vector objector" });
  return [
    ok("of an administrator to a recovery", one.objection(link, one.reject(link)), "one old administrator"),
    bad("E_VETO", "the second at a place", one.objection(link, one.reject(link), true), "once at a place"),
    bad("E_VETO", "to a recovery by all recovery keys", one.objection(all, one.reject(all)), "none against all keys"),
    bad("E_VETO", "of a recovery key to a recovery", one.objection(link, byKey(link)), "administrators only"),
    ok(
      "of a recovery key to a change of the recovery keys",
      one.objection(removal, byKey(removal, first), true),
      "any one that stays, as often as it likes",
    ),
    bad(
      "E_VETO",
      "of the recovery key that the change takes away",
      one.objection(removal, byKey(removal)),
      "as many stay as a recovery takes",
    ),
    ok(
      "of a recovery key that goes, where fewer stay than a recovery takes",
      one.objection(exchange, byKey(exchange)),
      "or administrators could take the last say away",
    ),
    ok("of an administrator to such a change", one.objection(removal, one.reject(removal)), "any administrator"),
    bad(
      "E_VETO",
      "that approves",
      one.objection(link, one.lost.passkey.approve([hashOf(link)], { counter: 7 })),
      "decision 2",
    ),
    bad("E_VETO", "to another link", one.objection(link, one.reject(removal)), "of this link"),
    bad("E_CRED_UNKNOWN", "of a stranger", one.objection(link, one.reject(link, stranger)), "of no old credential"),
    bad(
      "E_CRED_UNKNOWN",
      "of the passkey that the recovery brings",
      one.objection(link, one.reject(link, one.fresh)),
      "of the old roster",
    ),
    bad(
      "E_SIG",
      "of a recovery key for another purpose",
      one.objection(removal, approveRaw(first, [hashOf(removal)], "recover", DECISION.reject)),
      "purpose veto",
    ),
  ];
}

/** Links that bring replacement keys. */
function keyCases(one: Recoverer): Case[] {
  const check = "acceptRosterLink";
  const link = one.addition();
  const [proof] = link.possession as readonly RecoveryPossession[];
  const other = recoveryKey("vector elsewhere");
  const { aid } = one.domain.agent;
  const elsewhere = possessRecoveryKey(
    new SoftwareAgent("agent two", "vector stolen").aid,
    recoveryKey("vector third"),
  );
  const bad = (code: string, name: string, given: RosterLink, why: string) =>
    refused(code, check, name, one.input(given), why);
  if (proof === undefined) throw new TypeError("the link brings no proof");
  return [
    accepted(check, "a third recovery key, and two of three from then on", one.input(link), {
      ...{ why: "the key signed its invitation", near: "E_ROSTER_THRESHOLD" },
    }),
    bad("E_ROSTER_THRESHOLD", "a recovery key that nobody has shown", one.addition([]), "it proves possession"),
    bad(
      "E_ROSTER_THRESHOLD",
      "a recovery key with another key's proof",
      one.addition([possessRecoveryKey(aid, other)]),
      "each its own",
    ),
    bad(
      "E_ROSTER_THRESHOLD",
      "a recovery key that was shown to a stranger",
      one.addition([elsewhere]),
      "an agent of it",
    ),
    bad(
      "E_SIG",
      "a recovery key that signed another invitation",
      one.addition([{ ...proof, inviteId: one.fresh.inviteId }]),
      "the invitation is signed",
    ),
    bad(
      "E_SIG",
      "a recovery key whose proof somebody else signed",
      one.addition([{ ...proof, sig: possessRecoveryKey(aid, other).sig }]),
      "by that key",
    ),
    bad("E_ROSTER_SCHEMA", "a recovery that would wait an hour", one.addition(undefined, 3_600), "a day at least"),
    bad(
      "E_ROSTER_SCHEMA",
      "a recovery that would wait for months",
      one.addition(undefined, 31 * 86_400),
      "30 days at most: it would shut the owners out",
    ),
  ];
}

/** docs/spec/roster.md sections 6 and 7: recovery, and objections. */
export function recoveryCases(): Case[] {
  const one = new Recoverer();
  return [...linkCases(one), ...vetoCases(one), ...keyCases(one)];
}
