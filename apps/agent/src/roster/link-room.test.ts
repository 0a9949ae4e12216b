import {
  docHash,
  draftRecovery,
  encodeBase64url,
  encodeRoster,
  MAX_CHAIN_LINKS,
  type PasskeyCredential,
  RESERVED_CHAIN_LINKS,
  type Roster,
  type VerifiedRoster,
} from "@holdfast/protocol";
import { recoveryKey, SoftwareAdministrator } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { dryRunLink } from "./judge-link.ts";
import { makeLinkEnvelope } from "./link-envelope.ts";
import { type DraftedLink, decisionOf, draft, envelopeOf } from "./testing/links.ts";
import { drafted, recoveredBy, signed } from "./testing/recoveries.ts";

const PAPER = recoveryKey("on paper");
const FROM_MAILBOX = 32;
const MOST = 64;

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
let grace: SoftwareAdministrator;

beforeAll(async () => {
  [ada, grace] = ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label })) as [
    SoftwareAdministrator,
    SoftwareAdministrator,
  ];
  agent = await PasskeyAgent.found({ administrators: [ada, grace], change: recoveredBy([PAPER]) });
  agent.clock.advance(60);
}, 60_000);
afterAll(() => agent?.close());

/** Links that differ in a second of their last day, so that as many as are wanted can wait. */
const numbered = (n: number): DraftedLink =>
  draft(agent, { renew: true }, [], (roster) => ({ ...roster, acceptBy: roster.acceptBy - n }));
const arrive = (link: DraftedLink, origin: "mailbox" | "cli", ...by: SoftwareAdministrator[]) =>
  agent.domain.links.deliver(
    envelopeOf(
      link,
      by.map((each) => decisionOf(each, link)),
    ),
    origin,
  );
const waits = ({ hash }: Pick<DraftedLink, "hash">) => agent.domain.links.find(hash)?.status === "pending";

describe("links that wait for approvals", () => {
  test("of the mailbox: a signed one takes the place of one that nobody signed, and none goes that somebody signed", async () => {
    const unsigned = numbered(0);
    expect(await arrive(unsigned, "mailbox")).toMatchObject({ outcome: "pending" });
    const both = Array.from({ length: FROM_MAILBOX - 1 }, (_, at) => numbered(at + 1));
    for (const link of both) await arrive(link, "mailbox", ada);
    expect(await arrive(numbered(100), "mailbox")).toMatchObject({ outcome: "refused", code: "E_LIMIT" });
    const late = numbered(101);
    expect(await arrive(late, "mailbox", ada)).toMatchObject({ outcome: "pending" });
    expect([waits(unsigned), waits(late)]).toEqual([false, true]);
    expect(both.every(waits)).toBe(true);
    expect(await arrive(numbered(102), "mailbox", ada)).toMatchObject({ outcome: "refused", code: "E_LIMIT" });
    expect(await arrive(late, "mailbox", grace)).toMatchObject({ outcome: "applied" });
  });

  test("at the host: the mailbox's go first, and a recovery finds room even where nothing but the host's own waits", async () => {
    agent.clock.advance(60); // in the second of the list in force a renewal changes nothing
    const foreign = numbered(0);
    await arrive(foreign, "mailbox", ada);
    const own = Array.from({ length: MOST - 1 }, (_, at) => numbered(at + 1));
    for (const link of own) expect(await arrive(link, "cli")).toMatchObject({ outcome: "pending" });
    expect(await arrive(numbered(200), "cli")).toMatchObject({ outcome: "pending" });
    expect([waits(foreign), own.every(waits)]).toEqual([false, true]);
    expect(await arrive(numbered(201), "cli")).toMatchObject({ outcome: "refused", code: "E_LIMIT" });
    const hash = await drafted(agent, ada.anew("Ada's new phone"));
    expect(waits({ hash })).toBe(true);
    expect(await signed(agent, hash, PAPER)).toMatchObject({ outcome: "scheduled" });
  });
});

describe("a chain's last hundred places", () => {
  /** What the agent would say of a link that follows the roster of this place. */
  function said(seq: number, next: (pinned: VerifiedRoster) => Roster): string {
    const { rand: _, ...roster } = agent.domain.rosters.current().roster;
    const before: Roster = { ...roster, tid: agent.domain.tid, seq, prev: "A".repeat(43) };
    const hash = docHash("roster", encodeRoster(before));
    const pinned = { tid: agent.domain.tid, hash, roster: before } as VerifiedRoster;
    const rosters = Object.assign(Object.create(agent.domain.rosters), { current: () => pinned });
    const doc = encodeBase64url(encodeRoster(next(pinned)));
    const context = { ...agent.domain, rosters, deniedActs: new Set<string>() };
    return String(dryRunLink(makeLinkEnvelope({ doc, approvals: [] }), context)?.code ?? "taken");
  }
  const following = ({ hash, roster }: VerifiedRoster, change: Partial<Roster>): Roster => ({
    ...roster,
    ...{ seq: roster.seq + 1, prev: hash, issued: agent.clock.now(), acceptBy: agent.clock.now() + 3_600 },
    ...change,
  });
  const renewing = (pinned: VerifiedRoster) => following(pinned, { notAfter: pinned.roster.notAfter + 1 });
  const naming = (pinned: VerifiedRoster) =>
    following(pinned, { admins: pinned.roster.admins.map((one) => ({ ...one, label: `${one.label}!` })) });
  const tightening = (pinned: VerifiedRoster) => following(pinned, { notAfter: pinned.roster.notAfter - 1 });
  const recovering = (pinned: VerifiedRoster) =>
    draftRecovery(pinned, new Map<string, PasskeyCredential[]>(), agent.clock.now());

  test("are taken by a recovery and a renewal only, and the thousandth by nothing", () => {
    const last = MAX_CHAIN_LINKS - RESERVED_CHAIN_LINKS - 1;
    expect([naming, tightening, renewing, recovering].map((next) => said(last - 1, next))).toEqual([
      ...["taken", "taken", "taken", "taken"],
    ]);
    expect([naming, tightening, renewing, recovering].map((next) => said(last, next))).toEqual([
      ...["E_LIMIT", "E_LIMIT", "taken", "taken"],
    ]);
    expect([renewing, recovering].map((next) => said(MAX_CHAIN_LINKS - 2, next))).toEqual(["taken", "taken"]);
    expect([renewing, recovering].map((next) => said(MAX_CHAIN_LINKS - 1, next))).toEqual(["E_LIMIT", "E_LIMIT"]);
  });
});
