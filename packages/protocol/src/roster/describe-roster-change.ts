import { isSameCredential } from "./check-roster.ts";
import { quorumOf } from "./quorum.ts";
import type { Administrator, Credential, PolicyRule, Roster } from "./roster.ts";

/** One thing that a link does, in plain words; text only, names quoted. */
export interface RosterChangeLine {
  /** `adds` and `removes` people, passkeys, key servers and witnesses; `rule` is about what acts need. */
  readonly kind: "adds" | "removes" | "rule" | "other";
  readonly text: string;
}

/** Everything that the next roster does to the one before, one line a change; none are left out. */
export function describeRosterChange(old: Roster, next: Roster): readonly RosterChangeLine[] {
  const lines = [...peopleLines(old, next), ...ruleLines(old.policy, next.policy), ...machineLines(old, next)];
  if (next.notAfter !== old.notAfter)
    lines.push(other(`Good until ${day(next.notAfter)} (before: ${day(old.notAfter)})`));
  if (text(old.recovery) !== text(next.recovery)) {
    const { keys, m, delaySec } = next.recovery;
    lines.push(other(`Replacement keys: ${keys.length}, of which ${m} sign, after ${duration(delaySec)}`));
  }
  if (text(old.attn ?? null) !== text(next.attn ?? null)) lines.push(other("Which makers' passkeys are taken"));
  if (text(old.backupTo) !== text(next.backupTo)) lines.push(other("Backups are sealed to another key"));
  if (next.recover === true) lines.push(other("A recovery: signed by replacement keys, not by administrators"));
  return lines.length > 0 ? lines : [other("Nothing but a new issue")];
}

function peopleLines(old: Roster, next: Roster): RosterChangeLine[] {
  const lines: RosterChangeLine[] = [];
  for (const before of old.admins)
    if (!next.admins.some(({ adm }) => adm === before.adm))
      lines.push({ kind: "removes", text: `Administrator ${quoted(before.label)}` });
  for (const after of next.admins) {
    const before = old.admins.find(({ adm }) => adm === after.adm);
    if (before === undefined) {
      const keys = `${after.creds.length} passkey${after.creds.length === 1 ? "" : "s"} for ${placesOf(after)}`;
      lines.push({ kind: "adds", text: `Administrator ${quoted(after.label)}, ${keys}` });
    } else lines.push(...passkeyLines(before, after));
    const groups = (of: Administrator | undefined) => [...(of?.groups ?? [])].sort().join(", ");
    if (groups(before) !== groups(after))
      lines.push(other(`Groups of ${quoted(after.label)}: ${groups(after) || "none"}`));
  }
  return lines;
}

function passkeyLines(before: Administrator, after: Administrator): RosterChangeLine[] {
  const has = (of: Administrator, one: Credential) => of.creds.some((each) => isSameCredential(each, one));
  const name = quoted(after.label);
  const label = before.label === after.label ? [] : [other(`${quoted(before.label)} is called ${name}`)];
  return [
    ...label,
    ...before.creds
      .filter((one) => !has(after, one))
      .map(
        (one): RosterChangeLine => ({
          kind: "removes",
          text: `${wordOf(one)} of ${name} (${one.credId.slice(0, 12)}…)`,
        }),
      ),
    ...after.creds
      .filter((one) => !has(before, one))
      .map(
        (one): RosterChangeLine => ({ kind: "adds", text: `${wordOf(one)} of ${name} (${one.credId.slice(0, 12)}…)` }),
      ),
  ];
}

function ruleLines(old: readonly PolicyRule[], next: readonly PolicyRule[]): RosterChangeLine[] {
  const acts = [...new Set([...old, ...next].map(({ act }) => act))];
  return acts.flatMap((act): RosterChangeLine[] => {
    const [before, after] = [old, next].map((rules) => rules.find((rule) => rule.act === act));
    if (before !== undefined && after !== undefined && text(quorumOf(before)) === text(quorumOf(after))) return [];
    const said = after === undefined ? "as every act not named" : ruleText(after);
    return [
      {
        kind: "rule",
        text: `${nameOf(act)}: ${said} (before: ${before === undefined ? "as every act not named" : ruleText(before)})`,
      },
    ];
  });
}

/** What a rule asks for, in a few words. */
export function ruleText(rule: PolicyRule): string {
  const { m, groups, noSelf, delaySec, maxTtlSec } = quorumOf(rule);
  const who = `${m} administrator${m === 1 ? "" : "s"}${groups === null ? "" : ` of ${groups.join(" or ")}`}`;
  const self = noSelf ? " besides who proposes" : "";
  const wait = delaySec === 0 ? "" : `, then ${duration(delaySec)} of waiting`;
  return `${who}${self}${wait}, within ${duration(maxTtlSec)}`;
}

function machineLines(old: Roster, next: Roster): RosterChangeLine[] {
  const sides = [
    ["Key server", old.agents.map(agentText), next.agents.map(agentText)],
    ["Witness", old.witnesses.map(({ name }) => quoted(name)), next.witnesses.map(({ name }) => quoted(name))],
  ] as const;
  const lines = sides.flatMap(([what, before, after]): RosterChangeLine[] => [
    ...before
      .filter((one) => !after.includes(one))
      .map((one) => ({ kind: "removes", text: `${what} ${one}` }) as const),
    ...after.filter((one) => !before.includes(one)).map((one) => ({ kind: "adds", text: `${what} ${one}` }) as const),
  ]);
  const unsaid = text([old.agents, old.witnesses]) !== text([next.agents, next.witnesses]) && lines.length === 0;
  const said = unsaid ? [other("Keys of a key server or witness under its old name")] : lines;
  return [...said, ...makerLines(old, next)];
}

function agentText({ label, aid, evidence }: Roster["agents"][number]): string {
  return `${quoted(label)} (${aid})${evidence === undefined ? "" : ", with its machine's word"}`;
}

/** Which makers of passkeys and machines are taken. */
function makerLines(old: Roster, next: Roster): RosterChangeLine[] {
  const passkeys = ({ attn }: Roster) =>
    attn === undefined
      ? "any passkey"
      : `only passkeys of ${named(attn.roots.length, "maker")}, ${attn.aaguidAllow.length === 0 ? "of any model" : `of ${named(attn.aaguidAllow.length, "model")}`}`;
  const machines = ({ evidence }: Roster) =>
    evidence === undefined
      ? "key servers without their machine's word"
      : `key servers only with the word of a machine of ${named(evidence.roots.length, "maker")}`;
  const changes = [
    text(old.attn ?? null) === text(next.attn ?? null) ? [] : [passkeys(next)],
    text(old.evidence ?? null) === text(next.evidence ?? null) ? [] : [machines(next)],
  ].flat();
  return changes.map((said) => ({ kind: "rule", text: `Taken from now on: ${said}` }) as const);
}

function named(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}

function placesOf({ creds }: Administrator): string {
  return [...new Set(creds.map((one) => (one.channel === "local" ? "this host" : one.origin)))].join(", ");
}

function wordOf(credential: Credential): string {
  return credential.channel === "local" ? "The local key" : `A passkey for ${credential.origin}`;
}

function nameOf(act: PolicyRule["act"]): string {
  if (act === "*") return "Every act not named";
  return act === "roster.update" ? "Changes of administrators and rules" : act;
}

function other(said: string): RosterChangeLine {
  return { kind: "other", text: said };
}

function quoted(name: string): string {
  return `“${name}”`;
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function duration(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds % each === 0 && seconds >= each) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [two]) => (one < two ? -1 : 1)))
      : member,
  );
}
