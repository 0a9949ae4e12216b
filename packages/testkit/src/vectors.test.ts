import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROTOCOL_ERROR_CODES } from "@holdfast/protocol";
import { TLOG_ERROR_CODES } from "@holdfast/tlog";
import { describe, expect, test } from "vitest";
import { allCases, toVector } from "./vectors/all-cases.ts";
import { loadVectors, VECTORS_FOLDER, vectorFiles } from "./vectors/load-vectors.ts";

const cases = await allCases();
const vectors = vectorFiles().flatMap(loadVectors);

describe("vectors/", () => {
  test.each(Object.keys(cases))("%s.json is, byte for byte, what its generator makes", async (name) => {
    const made = await Promise.all((cases[name] ?? []).map(toVector));
    const written = readFileSync(join(VECTORS_FOLDER, `${name}.json`), "utf8");
    expect(written).toBe(`${JSON.stringify(made, null, 1)}\n`);
  });

  test("holds no file that nothing makes", () => {
    expect(vectorFiles().sort()).toEqual(Object.keys(cases).sort());
  });

  test.each([...new Set([...PROTOCOL_ERROR_CODES, ...TLOG_ERROR_CODES])])(
    "%s has a refused and a just-not-refused case",
    (code) => {
      expect(vectors.filter(({ expect }) => expect === code).length).toBeGreaterThan(0);
      expect(vectors.filter(({ expect, near }) => expect === "ok" && near === code).length).toBeGreaterThan(0);
    },
  );

  test("gives no case of a file the name of another", () => {
    for (const name of vectorFiles()) {
      const names = loadVectors(name).map((vector) => `${vector.check} ${vector.name}`);
      expect(names.filter((each, index) => names.indexOf(each) !== index)).toEqual([]);
    }
  });
});
