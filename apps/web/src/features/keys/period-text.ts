import { advisedCryptoperiod, periodEnds } from "@holdfast/protocol";
import { showDate, showDuration } from "../../components/time-text.ts";
import { showPeriod } from "./key-form-periods.ts";
import type { KeyRecord } from "./key-row.ts";
import { plannedText } from "./origin-text.ts";

type Schedule = NonNullable<KeyRecord["planned"]["schedules"]>[number];

/** What a schedule does, in words. */
export function scheduleText({ does, everySec, unusedSec }: Schedule): string {
  const every = `every ${showDuration(everySec).replace(/^1 day$/, "day")}`;
  if (does === "rotate") return `Rotates it ${every}`;
  if (does === "notify") return `Reminds that it is due ${every}`;
  return `Retires it${unusedSec === undefined ? "" : ` once nobody used it for ${showDuration(unusedSec)}`}; looks ${every}`;
}

/** Until when a key protects and opens by itself, and what the standard advises where nothing ends. */
export function periodRows(record: KeyRecord, now: number): readonly (readonly [string, string])[] {
  const { planned, cryptoperiodSec, state, created, versions, current } = record;
  const from = versions.find(({ version }) => version === current)?.created ?? created;
  const dates = { ...planned, cryptoperiodSec: cryptoperiodSec ?? undefined };
  const { originator, recipient, due } = periodEnds(dates, from);
  const rows: (readonly [string, string])[] = [];
  const until = (at: number) => `${at <= now ? "ended" : "until"} ${showDate(at, "long")}`;
  const each = (seconds: number | undefined) =>
    seconds === undefined ? "" : ` · each version for ${showPeriod(seconds)}`;
  if (originator !== undefined) rows.push(["Protects", `${until(originator)}${each(planned.originatorSec)}`]);
  if (recipient !== undefined) rows.push(["Opens", `${until(recipient)}${each(planned.recipientSec)}`]);
  if (due !== undefined && state === "active")
    rows.push(["Rotation", due <= now ? `due since ${showDate(due, "long")}` : `due ${showDate(due, "long")}`]);
  const advised = advisedCryptoperiod(record.type, record.usage);
  if (advised !== null && originator === undefined && state === "active") {
    const opens = advised.recipientSec === null ? "" : `, opens ${showPeriod(advised.recipientSec)}`;
    rows.push([
      "Advised",
      `protects ${showPeriod(advised.originatorSec)}${opens}, as a ${advised.keyType} (NIST SP 800-57)`,
    ]);
  }
  return rows;
}

/** What stands in place of schedules where a key has none. */
export function idleText(
  record: Pick<KeyRecord, "state" | "planned" | "ownerClient" | "destroyDue">,
  now: number,
): string {
  const { state, planned, destroyDue } = record;
  if (destroyDue !== null && destroyDue > now) return "No schedule any more: it waits to be destroyed.";
  if (plannedText(planned).some(({ at }) => at > now))
    return "No schedule: it does what was planned for it, and nothing else.";
  if (state === "pre-active") return "Nothing. Schedules can be set once it is active.";
  if (state !== "active" && state !== "suspended")
    return "Nothing any more: schedules end when a key protects nothing new.";
  return isForOwner(record)
    ? "Nothing. The client that made it rotates it by its own command; your key server can remind you."
    : "Nothing. The key server can rotate it, retire it or remind you, on days that you approve once.";
}

/** Who rotates a key: its owner where a client made it, for a product whose key changes under it stops. */
export function isForOwner({ ownerClient }: Pick<KeyRecord, "ownerClient">): boolean {
  return ownerClient !== null;
}
