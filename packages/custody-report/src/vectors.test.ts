import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VECTORS_FOLDER } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { REPORT_ERROR_CODES } from "./errors.ts";
import { verifyBundle } from "./verify/verify-bundle.ts";

type Case = {
  readonly file: string;
  readonly expect: string;
  readonly words?: string;
  readonly witness?: string;
  readonly head?: string;
  readonly headWitness?: string;
  readonly why: string;
};

const read = (name: string): Buffer => readFileSync(join(VECTORS_FOLDER, "custody", `${name}.json`));
const cases: readonly Case[] = JSON.parse(read("cases").toString("utf8"));

describe("vectors/custody", () => {
  test.each(cases)(
    "$file: $expect, because $why",
    async ({ file, expect: expected, words, witness, head, headWitness }) => {
      const bytes = new Uint8Array(read(file));
      const listOf = (one: string | undefined) => (one === undefined ? [] : [one]);
      const elsewhere = { heads: listOf(head), headWitnesses: listOf(headWitness) };
      const options = { words, witnesses: listOf(witness), ...elsewhere };
      const found = await verifyBundle(bytes, options).then(
        () => "ok",
        (error: { code?: string }) => error.code,
      );
      expect(found).toBe(expected);
    },
  );

  test("have a refused case for every code that a bundle can be refused by", () => {
    const ofPdf = ["V_PDF_SIGNATURE", "V_PDF_EVIDENCE", "V_PDF_TEXT", "E_LIMIT"];
    const refused = new Set(cases.map((each) => each.expect));
    expect(REPORT_ERROR_CODES.filter((code) => !refused.has(code))).toEqual(ofPdf);
  });
});
