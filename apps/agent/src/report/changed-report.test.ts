import { verifyReport } from "@holdfast/custody-report";
import { beforeAll, describe, expect, test } from "vitest";
import { type LivedReport, livedReport, witnessVkey } from "./testing/lived-report.ts";
import { MUTATIONS, mutate } from "./testing/mutate.ts";
import { isRefusal, refusalOf } from "./testing/refusal-of.ts";

describe("a whole report of a real agent", () => {
  let report: LivedReport;

  beforeAll(async () => {
    report = await livedReport();
  });

  test("holds in both forms, and holds all kinds of evidence", async () => {
    const { words } = report;
    for (const form of ["pdf", "bundle"] as const) {
      const { facts, compared } = await verifyReport(report[form], { words, witnesses: [witnessVkey] });
      expect(compared).toBe(true);
      expect(new Set(facts.changes.map(({ how }) => how))).toEqual(new Set(["passkey", "client"]));
      expect(facts.changes.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["client.enrol", "command.scheduled", "command.cancelled", "key.rotate"]),
      );
      expect(facts.keys.map(({ use }) => use.count)).toContain(7);
    }
  });

  test.each(["pdf", "bundle"] as const)(
    "is refused by name whatever is changed in it: %s",
    { timeout: 60_000 },
    async (form) => {
      const bytes = report[form];
      const step = Math.floor(bytes.length / 60);
      for (let at = 0; at <= bytes.length; at += step) {
        for (const mutation of MUTATIONS) {
          const changed = mutate(bytes, at, mutation);
          if (changed !== null) expect(await refusalOf(changed), `byte ${at}, ${mutation}`).toSatisfy(isRefusal);
        }
      }
    },
  );

  test("is refused by name at its very end, and with its signature in capitals", async () => {
    const { pdf, bundle } = report;
    for (const bytes of [pdf, bundle]) {
      for (const at of [bytes.length - 1, bytes.length]) {
        for (const mutation of MUTATIONS) {
          const changed = mutate(bytes, at, mutation);
          if (changed !== null) expect(await refusalOf(changed), `byte ${at}, ${mutation}`).toSatisfy(isRefusal);
        }
      }
    }
    const text = Buffer.from(pdf).toString("latin1");
    const capitals = text.replace(/(?<=\/Contents <)[0-9a-f]+/, (digits) => digits.toUpperCase());
    expect(capitals).not.toBe(text);
    expect(await refusalOf(Buffer.from(capitals, "latin1"))).toBe("V_PDF_SIGNATURE");
  });
});
