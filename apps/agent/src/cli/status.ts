import type { StatusAnswer } from "../admin/answers.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { facts, showTime } from "./output.ts";
import { rosterKnown } from "./restored-text.ts";

export const status: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().get<StatusAnswer>("/v1/status");
    out.result(answer, () => statusText(answer));
    return 0;
  },
};

/** What cannot be told while the agent is sealed, or before its domain exists. */
const UNKNOWN = "not known now";

function statusText(answer: StatusAnswer): string {
  const rows: [string, string][] = [
    ["agent", `${answer.name} (${answer.aid}), version ${answer.version}`],
    ["domain", answer.tid ?? "not founded yet: run `holdfast-agent claim`"],
    ["state", stateWords(answer)],
    ["administrators", administrators(answer.local)],
    ...(answer.restored === null ? [] : [["restored", rosterKnown(answer.restored).join(" ")] as [string, string]]),
    ...waitingLinks(answer.links),
    ...clockRow(answer.clock),
    ...diskRow(answer.disk),
    ...(answer.denied.length === 0 ? [] : [["refused by this host", answer.denied.join(", ")] as [string, string]]),
    ["key-encryption key", answer.kek + (answer.shareSet ? `, set ${answer.shareSet}` : "")],
    ...(answer.hsm === null ? [] : hsmRows(answer.hsm)),
    ["keys", answer.counts ? `${answer.counts.keys}, in no backup: ${answer.unbacked}` : UNKNOWN],
    ["clients", String(answer.counts?.clients ?? UNKNOWN)],
    ["waiting for approval", String(answer.counts?.pending ?? UNKNOWN)],
    ["custody log", answer.size === null ? UNKNOWN : `${answer.size} entries`],
    ["last backup", answer.lastBackupAt === null ? "never" : showTime(answer.lastBackupAt)],
    ...backupRows(answer.backups),
    ["control plane", linkWords(answer.linked)],
    ["witnessed", answer.witnessedAt === null ? "never" : showTime(answer.witnessedAt)],
    ...witnessRows(answer),
  ];
  if (answer.certificates) rows.push(...certificateRows(answer.certificates));
  if (answer.words) rows.splice(2, 0, ["matching words", answer.words.join(" ")]);
  for (const [name, url] of Object.entries(answer.urls)) if (url) rows.push([name, url]);
  const locked = answer.counts?.locked ?? 0;
  if (locked > 0) rows.push(["locked objects", `${locked}: their rows were tampered with`]);
  return facts(rows);
}

function linkWords(linked: StatusAnswer["linked"]): string {
  if (linked === null) return "not linked";
  const { gateway, connectedAt, fault } = linked;
  if (fault?.reason === "E_AGENT") return `${gateway} does not know this key server: \`holdfast-agent doctor\``;
  const heard = connectedAt === null ? "not heard since the start" : `last heard ${showTime(connectedAt)}`;
  return fault === null ? `${gateway}, ${heard}` : `${gateway} does not answer (${fault.code}), ${heard}`;
}

function witnessRows({ witnesses, ahead, lost, size, evidence }: StatusAnswer): [string, string][] {
  const silent = (witnesses ?? []).filter((each) => each.silent);
  return [
    ...silent.map(({ name, fault }): [string, string] => [
      "silent witness",
      fault === null ? name : `${name}: ${fault}`,
    ]),
    ...(ahead === null ? [] : [["seen elsewhere", `${ahead.size} entries, by ${ahead.from}`] as [string, string]]),
    ...(lost === null || lost.heads.length === 0
      ? []
      : [
          ["lost", `${(lost.heads.at(-1)?.size ?? 0) - (size ?? 0)} entries: \`holdfast-agent log accept-loss\``] as [
            string,
            string,
          ],
        ]),
    ...evidence.map(({ code, size, from }): [string, string] => ["evidence", `${code} at entry ${size}, by ${from}`]),
  ];
}

/** Only said where it matters. */
function clockRow(clock: StatusAnswer["clock"]): [string, string][] {
  if (clock === null || clock.alarm === null) return [];
  const { wall, believed, alarm } = clock;
  return [["clock", `${alarm}: it says ${showTime(wall)}, the agent goes by ${showTime(believed)}`]];
}

/** Only said where it failed. */
function diskRow({ failures, failedAt, doubtfulSince }: StatusAnswer["disk"]): [string, string][] {
  if (doubtfulSince !== null)
    return [["disk", `does not make the store durable since ${showTime(doubtfulSince)}: \`holdfast-agent doctor\``]];
  if (failedAt === null) return [];
  return [["disk", `failed ${failures} times since the start, last ${showTime(failedAt)}; all was written again`]];
}

function hsmRows(hsm: NonNullable<StatusAnswer["hsm"]>): [string, string][] {
  const { state, code, label, serial, model, firmware, pinWarning } = hsm;
  const how = { present: "present", gone: `not there (${code})`, closed: "not in use" }[state];
  const rows: [string, string][] = [["token", `${label}, ${model} ${firmware}, serial number ${serial}: ${how}`]];
  if (hsm.keys !== null && hsm.keys > 0) rows.push(["keys in the token", `${hsm.keys}, in no backup`]);
  if (hsm.unsettled > 0) rows.push(["to be removed", `${hsm.unsettled} objects of the token, when it is there`]);
  if (pinWarning !== null) rows.push(["token's PIN", `the token warns: ${pinWarning}`]);
  return rows;
}

function backupRows(backups: StatusAnswer["backups"]): [string, string][] {
  if (backups === null) return [];
  const { policy, places, ackNewKey } = backups;
  const failing = places.filter(({ failingSince }) => failingSince !== null);
  const alone = policy === null ? "by hand only" : `made alone, to ${places.map(({ name }) => name).join(", ")}`;
  const rows: [string, string][] = [["backups", alone]];
  for (const { name, code, fault, failingSince } of failing)
    rows.push([
      `backups to ${name}`,
      `FAIL since ${showTime(failingSince ?? 0)} (${code}${fault ? `, ${fault}` : ""})`,
    ]);
  if (ackNewKey === "backup") rows.push(["new keys", "answered for once a backup holds them"]);
  return rows;
}

function certificateRows(certificates: NonNullable<StatusAnswer["certificates"]>): [string, string][] {
  const { authority, listeners, installed, nextClient, clientsWithin30Days } = certificates;
  const each = Object.entries(listeners).map(([listener, notAfter]) => `${listener} until ${showTime(notAfter)}`);
  const rows: [string, string][] = [["own authority", `certificate until ${showTime(authority)}`]];
  if (each.length > 0)
    rows.push(["listeners", `${each.join(", ")}${installed ? " (installed)" : " (renewed by itself)"}`]);
  if (nextClient !== null)
    rows.push([
      "client certificates",
      `next ends ${showTime(nextClient)}; within 30 days or over: ${clientsWithin30Days}`,
    ]);
  return rows;
}

/** A change of administrators that nobody knew of is what an attacker needs: it stands where everybody looks. */
function waitingLinks(links: StatusAnswer["links"]): [string, string][] {
  return (links ?? []).map(({ hash, kind, due }) => [
    kind === "recover" ? "RECOVERY WAITS" : "change of rules waits",
    `${due === null ? "for approvals" : `in force at ${showTime(due)}`}: \`holdfast-agent roster list\` (${hash.slice(0, 12)}…)`,
  ]);
}

function administrators(local: boolean | null): string {
  if (local === null) return UNKNOWN;
  return local ? "local administrator on this host" : "passkeys";
}

function stateWords(answer: StatusAnswer): string {
  if (answer.sealed && answer.shares) {
    const { given, needed } = answer.shares;
    return `sealed: no key can be used; custodians' shares still needed: ${needed - given} of ${needed}`;
  }
  if (answer.sealed) return "sealed: no key can be used";
  const words = ["serving"];
  if (answer.locked) words.push("locked: nothing changes");
  if (answer.recovering) words.push("recovering: nothing changes until accepted");
  return words.join(", ");
}
