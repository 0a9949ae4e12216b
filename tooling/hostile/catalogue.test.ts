import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../test/root.ts";
import { CATALOGUE, countsLine, readCatalogue } from "./catalogue.ts";
import { HostileTable } from "./table.ts";
import { filesWithRows, rowsOf } from "./titles.ts";

const page = readFileSync(join(ROOT, CATALOGUE), "utf8");
const attacks = readCatalogue(page);
const proved = new Set([...filesWithRows().values()].flat());
const rowsIn = (state: string) => attacks.filter((each) => each.state === state).map(({ row }) => row);

describe("the catalogue of attacks", () => {
  test("has every row from 1 to 172 once and in order, with nothing left empty", () => {
    expect(attacks.map(({ row }) => row)).toEqual(Array.from({ length: 172 }, (_, index) => index + 1));
    for (const { row, cells } of attacks) {
      expect(cells, `row ${row}`).toHaveLength(6);
      for (const cell of cells) expect(cell, `row ${row}`).not.toBe("");
    }
  });

  test("calls refused or a limit exactly those rows that tests carry in their titles", () => {
    const told = [...rowsIn("refused"), ...rowsIn("limit")].sort((one, other) => one - other);
    expect(told).toEqual([...proved].sort((one, other) => one - other));
  });

  test("says of each limit where it is described", () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(
      ([, text = ""]) => `#${text.toLowerCase().replaceAll(" ", "-")}`,
    );
    for (const { row, state, reason } of attacks) {
      if (state !== "limit") continue;
      expect(headings).toContain(reason);
      expect(page).toContain(`**Row ${row}.**`);
    }
  });

  test("is counted on its page and in the README as it is", () => {
    for (const file of [CATALOGUE, "README.md"]) {
      const text = readFileSync(join(ROOT, file), "utf8").replaceAll(/\s+/g, " ");
      expect(text, file).toContain(countsLine(attacks));
    }
  });

  test("knows a state that is none", () => {
    expect(() => readCatalogue("| 1 | CP | a | b | c | done |")).toThrow(TypeError);
  });
});

test("the table tells what a run proved from what it did not, and counts tests that failed", () => {
  const of = (status: string) => ({ fullName: "order row 13: replayed", status });
  const text = (results: readonly { fullName: string; status: string }[], ran: boolean) =>
    new HostileTable(results, () => ran).text();
  const lineOf = (all: string) => all.split("\n").find((line) => line.startsWith(" 13  "));
  expect(lineOf(text([of("passed"), of("passed")], true))).toMatch(/refused \(2 tests\)$/);
  expect(lineOf(text([], false))).toMatch(/not run here$/);
  expect(lineOf(text([], true))).toMatch(/NOT PROVED$/);
  const failed = text([of("passed"), of("failed")], true);
  expect(lineOf(failed)).toMatch(/NOT PROVED$/);
  expect(failed).toContain("1 unauthorised transitions");
  expect(failed).toMatch(/Not proved: rows .*\b13\b/);
  const limit = text([{ fullName: "row 36: held back", status: "passed" }], true);
  expect(limit).toMatch(/^ 36 .* documented limit \(1 test\)$/m);
  expect(limit).toMatch(/Not proved: rows .*\b46\b/);
  expect(limit).not.toMatch(/Not proved: rows .*\b36\b/);
});

test("a title's rows are read with one number, two or more, and not from other words", () => {
  expect(["row 34: a", "rows 2, 4 and 94: a", "x row 7: y row 9: z", "row 7", "rowing 3: a"].map(rowsOf)).toEqual([
    [34],
    [2, 4, 94],
    [7, 9],
    [],
    [],
  ]);
});
