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
  readonly due: number | null;
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
  const newest = versions.at(-1)?.created ?? created;
  const least = Math.min(cryptoperiodSec ?? Number.POSITIVE_INFINITY, originatorSec ?? Number.POSITIVE_INFINITY);
  const due = Number.isFinite(least) && record.state === "active" ? newest + least : null;
  const to = Math.max(now, due ?? 0, created + LEAST_SPAN_SECONDS);
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
    marks,
    hint,
    sentence: `Created ${showDate(created, "long")}, ${showCount(versions.length, "version")}, ${hint}. ${marks.map((mark) => `${showDate(mark.at)} ${mark.text}`).join(", ")}.`,
  };
}
