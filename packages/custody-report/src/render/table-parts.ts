import type { Cell, Column, ReportTable, Tone } from "./report-content.ts";
import { number } from "./words.ts";

/** Most rows that a table prints; the evidence has them all. */
const MAX_ROWS = 1000;

/** A table cut to what is printed; it says how much more the evidence has. */
export function limited(table: ReportTable): ReportTable {
  const rest = table.rows.length - MAX_ROWS;
  if (rest <= 0) return table;
  const more = `The first ${number(MAX_ROWS)} rows; ${number(rest)} more are in the attached evidence.`;
  return {
    ...table,
    intro: table.intro === undefined ? more : `${table.intro} ${more}`,
    rows: table.rows.slice(0, MAX_ROWS),
  };
}

/** A column. */
export function column(title: string, share: number, align: "left" | "right" = "left"): Column {
  return { title, share, align };
}

/** A column of identifiers. */
export function mono(title: string, share: number): Column {
  return { title, share, mono: true };
}

/** A cell. */
export function cell(text: string, tone?: Tone): Cell {
  return tone === undefined ? { text } : { text, tone };
}
