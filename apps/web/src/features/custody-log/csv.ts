import { plainText } from "@holdfast/notices/plain-text";

/** What spreadsheets take for the beginning of a formula, behind any space. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/**
 * Rows as RFC 4180 has them: every cell in quotes, lines ended by CRLF.
 *
 * A text that a spreadsheet would compute begins with an apostrophe instead, and what a reader cannot see is spelt out: names in
 * the log were chosen by people and applications.
 */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(value: string | number): string {
  if (typeof value === "number") return `"${value}"`;
  const text = plainText(value);
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
