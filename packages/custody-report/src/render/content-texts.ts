import type { ReportContent, ReportTable, Share } from "./report-content.ts";

/** The headings that every report has on page one. */
export const HEADINGS = {
  attention: "Needs attention",
  noAttention: "Nothing in the signed facts asks for a person.",
  keysByState: "Keys by state",
  check: "Check it yourself, offline",
} as const;

/** What stands below the bar of keys by state. */
export function shareWords(shares: readonly Share[]): string {
  return shares.map(({ count, label }) => `${count} ${label}`).join(" · ") || "no keys";
}

/** All texts of a report in the order in which it reads: what its pages say and nothing else. */
export function contentTexts(content: ReportContent): readonly string[] {
  const { attention, figures, notes, check, proof } = content;
  return [
    content.title,
    content.scope,
    content.headline,
    content.summary,
    HEADINGS.attention,
    ...(attention.length === 0
      ? [HEADINGS.noAttention]
      : attention.flatMap(({ mark, text, where }) => [mark, text, where])),
    ...tableTexts(content.keys),
    HEADINGS.keysByState,
    shareWords(content.keysByState),
    ...figures.flatMap(({ label, value }) => [label, value]),
    ...notes.flatMap(({ title, text }) => [title, text]),
    HEADINGS.check,
    ...check,
    ...proof.flatMap(({ label, value }) => [label, value]),
    content.closing,
    ...content.tables.flatMap(tableTexts),
  ];
}

function tableTexts({ title, intro, columns, rows, empty }: ReportTable): readonly string[] {
  const head = intro === undefined ? [title] : [title, intro];
  if (rows.length === 0) return [...head, empty];
  return [...head, ...columns.map((column) => column.title), ...rows.flat().map(({ text }) => text)];
}

/** What may stand beside the text of a report of so many pages: running heads and feet, repeated column titles. */
export function besideTexts(content: ReportContent, pages: number): ReadonlySet<string> {
  const columns = content.tables.flatMap((table) => table.columns.map((column) => column.title));
  const numbers = Array.from({ length: pages }, (_, at) => `${at + 1} / ${pages}`);
  return new Set([content.title, content.scope, runningFoot(content), ...columns, ...numbers]);
}

/** The line at the foot of every page: which log. */
export function runningFoot({ proof }: ReportContent): string {
  return proof.find(({ label }) => label === "log")?.value ?? "";
}
