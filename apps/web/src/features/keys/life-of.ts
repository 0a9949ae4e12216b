import { periodEnds } from "@holdfast/protocol";
import { showCount } from "../../components/number-text.ts";
import { showDate, showDuration } from "../../components/time-text.ts";
import type { KeyRecord } from "./key-row.ts";
import { isRotatable } from "./key-words.ts";

export interface LifeBar {
  readonly version: number;
  readonly from: number;
  readonly to: number | null;
  readonly strength: number;
  readonly labelRight: boolean;
  /** Whether there is room for its name. */
  readonly labelled: boolean;
}
export interface LifeMark {
  readonly at: number;
  readonly text: string;
  readonly tone: "quiet" | "warning" | "danger";
}
export interface Life {
  readonly from: number;
  readonly to: number;
  /** What ends it first: its period, or a date that is planned for it; null where nothing does. */
  readonly due: { readonly at: number; readonly text: string } | null;
  readonly bars: readonly LifeBar[];
  readonly marks: readonly LifeMark[];
  readonly hint: string;
  readonly sentence: string;
}

const LEAST_SPAN_SECONDS = 86_400;
const LEAST_LABELLED_SHARE = 0.05;
const MARKS: Record<string, readonly [string, LifeMark["tone"]]> = {
  "key.create": ["created", "quiet"],
  "key.register": ["registered", "quiet"],
  "import.commit": ["brought in", "quiet"],
  "export.wrap": ["handed out", "warning"],
  "key.activate": ["activated", "quiet"],
  "key.rotate": ["rotated", "quiet"],
  "key.suspend": ["suspended", "warning"],
  "key.resume": ["resumed", "quiet"],
  "key.deactivate": ["retired", "warning"],
  "key.compromise": ["marked as exposed", "danger"],
  "key.destroy": ["destroyed", "danger"],
};

/** A key's dates as a picture: versions one after the other, changes, and where its cryptoperiod ends. */
export function lifeOf(record: KeyRecord, now: number): Life {
  const { versions, created, cryptoperiodSec } = record;
  const { originatorSec } = record.planned;
  const least = Math.min(cryptoperiodSec ?? Number.POSITIVE_INFINITY, originatorSec ?? Number.POSITIVE_INFINITY);
  const plans = plansOf(record, now);
  const [due = null] = [...periodEnd(record, now), ...plans.flatMap(({ at, ends }) => endAt(at, ends, now))].sort(
    (one, other) => one.at - other.at,
  );
  const to = Math.max(now, due?.at ?? 0, ...plans.map(({ at }) => at), created + LEAST_SPAN_SECONDS);
  const end = record.endedAt ?? now;
  const bars = versions.map((version, index) => ({
    version: version.version,
    from: version.created,
    to: versions[index + 1]?.created ?? (record.state === "active" ? null : end),
    labelled:
      index === versions.length - 1 ||
      ((versions[index + 1]?.created ?? end) - version.created) / (to - created) > LEAST_LABELLED_SHARE,
    strength: 0.35 + (0.65 * (index + 1)) / versions.length,
    labelRight: (version.created - created) / (to - created) > 0.85,
  }));
  const marks = record.changes.flatMap(({ at, kind }) => {
    const mark = MARKS[kind];
    return mark ? [{ at, text: mark[0], tone: mark[1] }] : [];
  });
  const hint =
    Number.isFinite(least) === false
      ? "no cryptoperiod set: it ends when you say so"
      : `${originatorSec === least ? "protects for" : "cryptoperiod"} ${showDuration(least)}${isRotatable(record) ? " for each version" : ""}`;
  return {
    from: created,
    to,
    due,
    bars,
    marks: [...marks, ...plans],
    hint,
    sentence: `Created ${showDate(created, "long")}, ${showCount(versions.length, "version")}, ${hint}. ${[...marks, ...plans].map((mark) => `${showDate(mark.at)} ${mark.text}`).join(", ")}.`,
  };
}

function endAt(at: number, text: string | null, now: number): NonNullable<Life["due"]>[] {
  return text === null ? [] : [{ at, text: `${text} in ${showDuration(at - now)}` }];
}

/** The end of what the newest version protects by its period, where nothing that is planned comes before it. */
function periodEnd(record: KeyRecord, now: number): NonNullable<Life["due"]>[] {
  const { state, planned, cryptoperiodSec, versions, created } = record;
  const dates = { ...planned, cryptoperiodSec: cryptoperiodSec ?? undefined };
  const { due } = periodEnds(dates, versions.at(-1)?.created ?? created);
  if (due === undefined || state !== "active") return [];
  return due > now ? endAt(due, "period ends", now) : [{ at: due, text: "period is over" }];
}

/** A date that is planned for a key. */
interface Plan extends LifeMark {
  /** How it is told that the key protects nothing from then on, or is gone; null where it goes on. */
  readonly ends: string | null;
}

const TO_COME: readonly string[] = ["pre-active", "active", "suspended"];

/** What is still to come about with a key by itself, soonest first. */
function plansOf({ state, planned, destroyDue }: KeyRecord, now: number): Plan[] {
  const lives = TO_COME.includes(state);
  const plan = (at: number | null | undefined, text: string, tone: LifeMark["tone"], ends: string | null): Plan[] =>
    typeof at === "number" && at > now ? [{ at, text: `planned: ${text}`, tone, ends }] : [];
  return [
    ...plan(state === "pre-active" ? planned.activation : null, "becomes active", "quiet", null),
    ...plan(lives ? planned.protectStop : null, "protects nothing new", "warning", "protects nothing new"),
    ...plan(lives ? planned.deactivation : null, "retired", "warning", "is retired"),
    ...plan(destroyDue, "destroyed", "danger", "is destroyed"),
  ].sort((one, other) => one.at - other.at);
}
