import { isProtocolCheck, loadVectors, runProtocolVector, vectorFiles } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "./errors.ts";

const files = vectorFiles().filter((name) => loadVectors(name).some(({ check }) => isProtocolCheck(check)));

describe.each(files)("vectors/%s.json", (name) => {
  const vectors = loadVectors(name).filter(({ check }) => isProtocolCheck(check));
  const byCode = Map.groupBy(vectors, ({ check, expect }) => `${check}: ${expect}`);
  test.each([...byCode])("%s", async (_, group) => {
    for (const vector of group) {
      if (vector.expect === "ok") {
        expect(JSON.parse(JSON.stringify((await runProtocolVector(vector)) ?? null)), vector.name).toEqual(
          vector.output ?? null,
        );
      } else {
        const refusal = await Promise.resolve()
          .then(() => runProtocolVector(vector))
          .catch((error: unknown) => error);
        expect(refusal, vector.name).toBeInstanceOf(HoldfastError);
        expect(refusal, vector.name).toMatchObject({ code: vector.expect });
      }
    }
  });
});
