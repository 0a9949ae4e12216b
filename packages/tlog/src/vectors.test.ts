import { isTlogCheck, loadVectors, runTlogVector } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { TlogError } from "./errors.ts";

describe.each(["note", "checkpoint", "merkle", "witness"])("vectors/%s.json", (name) => {
  const vectors = loadVectors(name).filter(({ check }) => isTlogCheck(check));
  const byCode = Map.groupBy(vectors, ({ check, expect }) => `${check}: ${expect}`);
  test.each([...byCode])("%s", async (_, group) => {
    for (const vector of group) {
      if (vector.expect === "ok") {
        expect(JSON.parse(JSON.stringify((await runTlogVector(vector)) ?? null)), vector.name).toEqual(
          vector.output ?? null,
        );
      } else {
        const refusal = await Promise.resolve()
          .then(() => runTlogVector(vector))
          .catch((error: unknown) => error);
        expect(refusal, vector.name).toBeInstanceOf(TlogError);
        expect(refusal, vector.name).toMatchObject({ code: vector.expect });
      }
    }
  });
});
