import type { KeyView } from "../admin/answers.ts";
import { showDuration } from "./arguments.ts";
import { facts, showTime, table } from "./output.ts";

/** One key as text for a person. */
export function keyText(key: KeyView): string {
  const rows: [string, string][] = [
    ["key", key.keyId],
    ["name", key.label],
    ["state", key.locked ? `${key.state}, LOCKED: ${key.locked}` : key.state],
    ["algorithm", `${algorithmText(key)} (${key.usage.join(", ") || "no use of its own"})`],
    ...(key.half?.other ? [[`${OTHER[key.half.of]} half`, key.half.other] as [string, string]] : []),
    ["group", key.group],
    ["version", `${key.version} of ${key.versions.length}`],
    ["check value", key.kcv ?? "-"],
    ["extractable", key.extractable ? "yes" : "never"],
    ...(key.store === "hsm" ? [["kept in", "the token, which it never leaves; in no backup"] as [string, string]] : []),
    ["created", showTime(key.created)],
  ];
  if (key.origin === "registered")
    rows.push([
      "origin",
      key.known ? "imported: known to a former holder until it is rotated" : "imported; rotated since",
    ]);
  if (key.foreign.length > 0) rows.push(["elsewhere", key.foreign.join(", ")]);
  if (key.aliases.length > 0) rows.push(["alias", key.aliases.join(", ")]);
  if (key.names.length > 0) rows.push(["names", key.names.join(", ")]);
  for (const [name, value] of Object.entries(key.attributes)) rows.push([name, value]);
  if (key.suspended !== null && key.state !== "suspended")
    rows.push(["suspended", `since ${showTime(key.suspended)}: it opens nothing until it is resumed`]);
  rows.push(...plannedRows(key), ...periodRows(key));
  for (const schedule of key.schedules) rows.push(["schedule", scheduleText(schedule)]);
  if (key.usedBy.length > 0)
    rows.push(["used by", key.usedBy.map(({ label, count }) => `${label} (${count})`).join(", ")]);
  if (key.destroyDue !== null) rows.push(["destroyed", `not before ${showTime(key.destroyDue)} of running time`]);
  return facts(rows);
}

const UNITS = { byte: "byte", object: "time" } as const;
const OTHER = { private: "public", public: "private" } as const;

function algorithmText({ algorithm, half }: KeyView): string {
  return half === null ? algorithm : `${algorithm}, ${half.of} half`;
}

function plannedRows({ planned, limit, state }: KeyView): [string, string][] {
  const { activation, processStart, protectStop, deactivation } = planned;
  const rows: [string, string][] = [];
  if (activation !== null && state === "pre-active") rows.push(["planned", `active from ${showTime(activation)}`]);
  if (processStart !== null) rows.push(["planned", `opens nothing before ${showTime(processStart)}`]);
  if (protectStop !== null) rows.push(["planned", `protects nothing from ${showTime(protectStop)} on`]);
  if (deactivation !== null) rows.push(["planned", `retired by itself at ${showTime(deactivation)}`]);
  if (limit !== null)
    rows.push([
      "limit",
      `protects ${limit.total} ${UNITS[limit.unit]}${limit.total === 1 ? "" : "s"} in all: ${limit.spent} spent, ${limit.remaining === 0 ? "nothing left" : `${limit.remaining} left`}`,
    ]);
  return rows;
}

function periodRows({ periods, state }: KeyView): [string, string][] {
  const { advised, originatorEnd, recipientEnd, rotationDue, heldByClients } = periods;
  const rows: [string, string][] = [];
  if (originatorEnd !== null) rows.push(["protects", `until ${showTime(originatorEnd)} (originator-usage period)`]);
  if (recipientEnd !== null) rows.push(["opens", `until ${showTime(recipientEnd)} (recipient-usage period)`]);
  if (rotationDue !== null) {
    const who = heldByClients ? "; rotate it in the product that uses it" : "";
    const over = rotationDue * 1000 <= Date.now() ? "ROTATION DUE since" : "due";
    rows.push(["rotation", `${over} ${showTime(rotationDue)}${who}`]);
  }
  if (advised !== null && originatorEnd === null && state === "active") {
    const recipient = advised.recipientSec === null ? "" : `, opens ${showDuration(advised.recipientSec)}`;
    rows.push([
      "advised",
      `protects ${showDuration(advised.originatorSec)}${recipient}: ${advised.keyType} (${advised.clause})`,
    ]);
  }
  return rows;
}

/** What a schedule does, and when next. */
export function scheduleText({ does, everySec, next, n, unusedSec }: KeyView["schedules"][number]): string {
  const unused = unusedSec === null ? "" : ` if unused for ${showDuration(unusedSec)}`;
  const words = { rotate: "rotate", deactivate: `deactivate${unused}`, notify: "notify" }[does] ?? does;
  return `${words} every ${showDuration(everySec)}, next ${showTime(next)}, ran ${n} ${n === 1 ? "time" : "times"}`;
}

/** Several keys as a table for a person. */
export function keyTable(keys: readonly KeyView[]): string {
  if (keys.length === 0) return "No keys yet. Create one with `holdfast-agent key create --name NAME`.";
  return table(
    ["KEY", "NAME", "STATE", "ALGORITHM", "GROUP", "VERSION", "KNOWN OUTSIDE"],
    keys.map((key) => [
      key.keyId,
      key.label,
      key.locked ? `${key.state} (locked)` : key.state,
      algorithmText(key),
      key.group,
      String(key.version),
      key.known ? "to a former holder" : "-",
    ]),
  );
}

/** The versions of one key as a table for a person. */
export function versionTable(key: KeyView): string {
  return table(
    ["VERSION", "STATE", "CREATED", "CHECK VALUE"],
    key.versions.map((version) => [
      String(version.version),
      version.state,
      showTime(version.created),
      version.kcv ?? "-",
    ]),
  );
}
