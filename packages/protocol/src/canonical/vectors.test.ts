import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCanonical } from "./encode-canonical.ts";
import { parseCanonical } from "./parse-canonical.ts";
import { isPlainText } from "./plain-text.ts";

const FOLDER = join(
  process.env["HOLDFAST_VECTORS"] ?? join(import.meta.dirname, "../../../../../shared/vectors"),
  "crypto/jcs/testdata",
);
const present = existsSync(FOLDER);
if (!present) console.info("skipped: no vectors");
const files = present ? readdirSync(join(FOLDER, "output")) : [];

/** Every string and integer of a value, on whatever level. */
function leaves(value: unknown): (string | number)[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (typeof value === "object" && value !== null) return Object.entries(value).flat().flatMap(leaves);
  return typeof value === "string" || typeof value === "number" ? [value] : [];
}

describe.runIf(present)("the vectors of RFC 8785", () => {
  test.each(files)("%s is canonical JSON, and holds what no signed document may", (file) => {
    expect(() => parseCanonical(readFileSync(join(FOLDER, "output", file)))).toThrow(
      expect.objectContaining({ code: "E_CANON" }),
    );
  });

  test("write what documents may hold as our encoder does", () => {
    const shared = files
      .flatMap((file) => leaves(JSON.parse(readFileSync(join(FOLDER, "input", file), "utf8"))))
      .filter((leaf) => (typeof leaf === "string" ? isPlainText(leaf) : Number.isSafeInteger(leaf)));
    expect(shared.length).toBeGreaterThan(10);
    const written = files.map((file) => readFileSync(join(FOLDER, "output", file), "utf8")).join("\n");
    for (const leaf of shared) {
      const encoded = new TextDecoder().decode(encodeCanonical({ a: leaf })).slice('{"a":'.length, -1);
      expect(written).toContain(encoded);
    }
  });
});
