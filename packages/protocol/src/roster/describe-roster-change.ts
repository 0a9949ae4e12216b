import { HOSTED_COUNTS } from "../hosted/counts-hosted.ts";
import { isSameCredential } from "./check-roster.ts";
import { backupKeyLines, serverLines, witnessLines } from "./describe-keys.ts";
import { machineMakerLines, passkeyMakerLines } from "./describe-makers.ts";
import { findCredential } from "./quorum.ts";
import { addedRecoveryKeys, replacementKeyName } from "./recovery-keys.ts";
import type { Administrator, Credential, Roster } from "./roster.ts";
import { dangerIf, type RosterChangeLine } from "./roster-change-line.ts";
import { changesRecovery } from "./roster-link-delay.ts";
import { type ChangedRule, changedRules, durationText } from "./rule-words.ts";

/** A change of administrators and rules in plain words, from its own bytes and those that it follows. Text only. */
export interface RosterChangeDescription {
  readonly title: string;
  readonly tag: string;
  /** Whether it takes away what somebody may need or the last way back, or believes somebody who was not believed. */
  readonly danger: boolean;
  readonly lines: readonly RosterChangeLine[];
  /** What acts need before and after. */
  readonly rules: readonly ChangedRule[];
}

/** Describes a link by the roster that it follows and its own. */
export function describeRosterChange(old: Roster, next: Roster): RosterChangeDescription {
  const people = peopleLines(old, next);
  const makers = [passkeyMakerLines(old, next), machineMakerLines(old, next)] as const;
  const keys = [serverLines(old, next), witnessLines(old, next), backupKeyLines(old, next)];
  const rules = changedRules(old, next);
  const lines = [...people, ...recoveryLines(old, next), ...makers.flat(), ...keys.flat(), ...endLines(old, next)];
  return {
    title: titleOf(old, next, { lines, people: people.length, rules: rules.length, makers }),
    tag: next.recover === true ? "recovery" : "administrators and rules",
    danger: lines.some(({ kind, danger }) => kind === "removed" || danger) || rules.some((rule) => rule.loosens),
    lines,
    rules,
  };
}

function titleOf(
  old: Roster,
  next: Roster,
  said: {
    readonly lines: readonly RosterChangeLine[];
    readonly people: number;
    readonly rules: number;
    readonly makers: readonly [passkeys: readonly RosterChangeLine[], machines: readonly RosterChangeLine[]];
  },
): string {
  const { lines, people, rules, makers } = said;
  const [passkeys, machines] = makers;
  if (next.recover === true) return "Replace lost passkeys";
  const added = next.admins.filter(({ adm }) => !has(old, adm)).map(named);
  const removed = old.admins.filter(({ adm }) => !has(next, adm)).map(named);
  const parts = [
    ...(added.length > 0 ? [`make ${list(added)} administrator${added.length > 1 ? "s" : ""}`] : []),
    ...(removed.length > 0 ? [`remove ${list(removed)}`] : []),
  ];
  if (changesRecovery(old, next)) parts.push("change the replacement keys");
  if (passkeys.length > 0) parts.push("change which passkeys are taken");
  if (machines.length > 0) parts.push("change which machines are believed");
  if (old.backupTo.pub !== next.backupTo.pub) parts.push("change who opens backups");
  if (parts.length === 0 && people > 0 && lines.some(({ text }) => text.includes("passkey")))
    parts.push("change passkeys");
  if (parts.length === 0 && rules > 0) parts.push(rules === 1 ? "change a rule" : "change the rules");
  if (parts.length === 0 && old.agents.length !== next.agents.length) parts.push("change the key servers");
  if (parts.length === 0 && witnessLines(old, next).length > 0) parts.push("change who witnesses the log");
  if (parts.length === 0 && next.notAfter > old.notAfter && lines.length <= 1) parts.push("renew the list");
  if (parts.length === 0) parts.push(lines.length > 0 ? "change the list" : "confirm the list as it is");
  const text = parts.join(" and ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function peopleLines(old: Roster, next: Roster): RosterChangeLine[] {
  const lines: RosterChangeLine[] = [];
  for (const one of next.admins) {
    const before = old.admins.find(({ adm }) => adm === one.adm);
    if (before === undefined) {
      const groups = one.groups.length > 0 ? `, in ${list(one.groups)}` : "";
      lines.push({
        kind: "added",
        text: `${named(one)} becomes an administrator with ${credentials(one.creds)}${takenOver(old, one)}${groups}.${hostedNote(one.creds)}`,
        ...dangerIf(foreign(old, one).length > 0),
      });
      continue;
    }
    const more = one.creds.filter(({ credId }) => findCredential(old, credId) === null);
    const taken = foreign(old, one);
    const fewer = before.creds.filter(({ credId }) => !one.creds.some((each) => each.credId === credId));
    const others = one.creds.length - more.length - taken.length;
    if (more.length > 0)
      lines.push({ kind: "added", text: `${named(one)} gets ${credentials(more)} besides.${hostedNote(more)}` });
    for (const { credential, owner } of taken)
      lines.push({
        kind: "added",
        text: `${named(one)} gets ${credentials([credential])} that was ${named(owner)}’s.${hostedNote([credential])}`,
        danger: true,
      });
    if (
      one.creds.some((each) => before.creds.some((was) => was.credId === each.credId && !isSameCredential(was, each)))
    )
      lines.push({
        kind: "changed",
        text: `A passkey of ${named(one)} keeps its id and becomes another one.`,
        danger: true,
      });
    if (fewer.length > 0)
      lines.push({
        kind: "removed",
        text: `${named(one)} loses ${credentials(fewer)}${others > 0 ? ` and keeps ${others}` : ""}. What ${fewer.length === 1 ? "it has" : "they have"} approved and is not done yet is void.`,
      });
    if (before.label !== one.label)
      lines.push({ kind: "changed", text: `${named(before)} is called ${named(one)} from now on.` });
    if (list(before.groups) !== list(one.groups))
      lines.push({ kind: "changed", text: `${named(one)} is in ${groupsOf(one)}, before in ${groupsOf(before)}.` });
  }
  for (const one of old.admins)
    if (!has(next, one.adm))
      lines.push({
        kind: "removed",
        text: `${named(one)} is no administrator any more. What ${named(one)} has approved and is not done yet is void.`,
      });
  return lines;
}

function recoveryLines(old: Roster, next: Roster): RosterChangeLine[] {
  const lines: RosterChangeLine[] = [
    ...addedRecoveryKeys(old, next).map((key): RosterChangeLine => {
      return { kind: "added", text: `Replacement key ${replacementKeyName(key)} can replace lost passkeys.` };
    }),
    ...addedRecoveryKeys(next, old).map((key): RosterChangeLine => {
      return { kind: "removed", text: `Replacement key ${replacementKeyName(key)} can replace lost passkeys no more.` };
    }),
  ];
  const takes = ({ recovery }: Roster) => `${recovery.m} of ${recovery.keys.length}`;
  if (takes(old) !== takes(next))
    lines.push({
      kind: "changed",
      text: `A recovery takes ${takes(next)} replacement key${next.recovery.keys.length === 1 ? "" : "s"}, before ${takes(old)}.`,
    });
  if (old.recovery.delaySec !== next.recovery.delaySec)
    lines.push({
      kind: "changed",
      text: `A recovery waits ${durationText(next.recovery.delaySec)}, before ${durationText(old.recovery.delaySec)}.`,
    });
  return lines;
}

function endLines(old: Roster, next: Roster): RosterChangeLine[] {
  if (old.notAfter === next.notAfter) return [];
  const [day, before] = [dayText(next.notAfter), dayText(old.notAfter)];
  const more = next.notAfter - old.notAfter;
  const already = `already: this ${more > 0 ? "adds" : "takes away"} ${durationText(Math.abs(more))}`;
  return [
    {
      kind: "changed",
      text: `The list is good until ${day}${day === before ? ` ${already}` : `, before until ${before}`}.`,
    },
  ];
}

/** A day, UTC, so that everybody reads the same one. */
function dayText(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 10);
}

function credentials(creds: readonly Credential[]): string {
  if (creds.every(({ channel }) => channel === "local")) return count(creds.length, "local key");
  const places = [...new Set(creds.flatMap((one) => ("origin" in one ? [one.origin] : [])))];
  return `${count(creds.length, "passkey")} for ${list(places)}`;
}

/** The passkeys of a person that were another's. */
function foreign(old: Roster, { adm, creds }: Administrator): { credential: Credential; owner: Administrator }[] {
  return creds.flatMap((credential) => {
    const owner = findCredential(old, credential.credId)?.administrator;
    return owner === undefined || owner.adm === adm ? [] : [{ credential, owner }];
  });
}

function takenOver(old: Roster, one: Administrator): string {
  const taken = foreign(old, one);
  if (taken.length === 0) return "";
  const owners = [...new Set(taken.map(({ owner }) => `${named(owner)}’s`))];
  return `, of which ${taken.length} ${taken.length === 1 ? "was" : "were"} ${list(owners)}`;
}

/** What is added is told plainly where a page of the operator's is among it. */
function hostedNote(creds: readonly Credential[]): string {
  const hosted = creds.flatMap((one) => (one.channel === "hosted" ? [one.origin] : []));
  if (hosted.length === 0) return "";
  return ` ${list([...new Set(hosted)])} is a page that the operator serves: what is approved there counts for ${HOSTED_COUNTS}; for nothing else.`;
}

function groupsOf({ groups }: Administrator): string {
  return groups.length === 0 ? "no group" : list(groups);
}

function has({ admins }: Roster, adm: string): boolean {
  return admins.some((one) => one.adm === adm);
}

function named({ label }: Pick<Administrator, "label">): string {
  return `“${label}”`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
