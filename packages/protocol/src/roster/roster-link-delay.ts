import { isSameCredential } from "./check-roster.ts";
import { findCredential, quorumFor, quorumOf } from "./quorum.ts";
import type { PolicyRule, Roster } from "./roster.ts";

/** How long a link waits, and why. */
export interface RosterLinkDelay {
  readonly delaySec: number;
  readonly reason: "tightens" | "loosens" | "recovery";
}

/**
 * How long an approved link waits before it applies.
 *
 * One that only removes administrators, credentials or agents, or raises thresholds, applies at once. Any other waits the
 * old roster's delay, which is none before the domain has a key. A recovery waits the recovery keys' delay, and so does a
 * link that changes those keys, or the old roster's delay where that is longer: whoever adds such a key adds a way to replace everybody.
 *
 * @param hasKeys - Whether the domain has had a key.
 * @see docs/spec/roster.md section 5
 */
export function rosterLinkDelay(old: Roster, next: Roster, hasKeys: boolean): RosterLinkDelay {
  const loosening = hasKeys ? quorumFor(old, "roster.update").delaySec : 0;
  if (next.recover === true) return { delaySec: old.recovery.delaySec, reason: "recovery" };
  if (changesRecovery(old, next)) return { delaySec: Math.max(old.recovery.delaySec, loosening), reason: "recovery" };
  if (onlyTightens(old, next)) return { delaySec: 0, reason: "tightens" };
  return { delaySec: loosening, reason: "loosens" };
}

/** Whether a link only removes administrators, credentials or agents, or raises what acts need. */
export function onlyTightens(old: Roster, next: Roster): boolean {
  const rest = (roster: Roster) => ({
    witnesses: roster.witnesses,
    recovery: roster.recovery,
    attn: roster.attn ?? null,
    evidence: roster.evidence ?? null,
    rootCommit: roster.rootCommit,
    backupTo: roster.backupTo,
  });
  return (
    isSame(rest(old), rest(next)) &&
    next.notAfter <= old.notAfter &&
    next.agents.every((agent) => old.agents.some((before) => isSame(before, agent))) &&
    next.admins.every((administrator) => hasNothingNew(old, administrator)) &&
    next.policy.every((rule) => isNoLooser(old, rule)) &&
    isSame(waitOfLinks(old), waitOfLinks(next)) &&
    // A rule left out falls back to "*", which may ask for less.
    old.policy.every(({ act }) => next.policy.some((rule) => rule.act === act))
  );
}

/** What every later change waits: a thief who makes it longer shuts the owners out, so it never counts as tightening. */
function waitOfLinks(roster: Roster) {
  const { delaySec, maxTtlSec } = quorumFor(roster, "roster.update");
  return { delaySec, maxTtlSec };
}

function hasNothingNew(old: Roster, { adm, label, groups, creds }: Roster["admins"][number]): boolean {
  const before = old.admins.find((one) => one.adm === adm);
  if (!before || before.label !== label || !isSame(before.groups, groups)) return false;
  return creds.every((credential) => {
    const known = findCredential(old, credential.credId);
    return known?.administrator.adm === adm && isSameCredential(known.credential, credential);
  });
}

function isNoLooser(old: Roster, rule: PolicyRule): boolean {
  const before =
    rule.act === "*" ? quorumOf(old.policy.find(({ act }) => act === "*") ?? rule) : quorumFor(old, rule.act);
  const after = quorumOf(rule);
  return (
    after.m >= before.m &&
    after.delaySec >= before.delaySec &&
    after.maxTtlSec <= before.maxTtlSec &&
    (after.noSelf || !before.noSelf) &&
    isSame(after.groups, before.groups)
  );
}

/** Whether a link changes who may recover the domain. */
export function changesRecovery(old: Roster, next: Roster): boolean {
  return !isSame(old.recovery, next.recovery);
}

/** Whether a link changes nothing but until when the roster is good. */
export function isRenewal(old: Roster, next: Roster): boolean {
  return next.recover !== true && next.notAfter > old.notAfter && isSame(lasting(old), lasting(next));
}

/** Whether a link brings the roster that it follows, and only takes a place of the chain. */
export function changesNothing(old: Roster, next: Roster): boolean {
  return next.recover !== true && next.notAfter === old.notAfter && isSame(lasting(old), lasting(next));
}

function lasting(roster: Roster): object {
  return Object.fromEntries(Object.entries(roster).filter(([name]) => !OF_THE_PLACE.has(name)));
}

/** What is another in every link. */
const OF_THE_PLACE: ReadonlySet<string> = new Set([
  ...["tid", "seq", "prev", "rand", "issued", "acceptBy"],
  ...["notAfter", "recover"],
]);

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}
