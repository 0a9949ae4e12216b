import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import type { CanonicalObject } from "./canonical-value.ts";
import { encodeCanonical } from "./encode-canonical.ts";
import { parseCanonical } from "./parse-canonical.ts";
import { isPlainText } from "./plain-text.ts";

const name = fc.stringMatching(/^[a-zA-Z0-9_]{1,32}$/);
const text = fc
  .string({ unit: "binary", maxLength: 20 })
  .map((given) => given.normalize("NFC"))
  .filter(isPlainText);
const scalar = fc.oneof(text, fc.boolean(), fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER));
const { document } = fc.letrec<{ value: unknown; document: CanonicalObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie("value"), { maxLength: 4 }), tie("document")),
  document: fc.dictionary(name, tie("value"), { maxKeys: 5 }) as fc.Arbitrary<CanonicalObject>,
}));

/** What RFC 8785 writes for documents of the subset: ECMAScript's own serialization, members sorted. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${jcs(member)}`).join(",")}}`;
}

const text8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("canonical bytes", () => {
  test("are what RFC 8785 writes, and read back as what was written", () => {
    fc.assert(
      fc.property(document, (given) => {
        const bytes = encodeCanonical(given);
        expect(text8(bytes)).toBe(jcs(given));
        expect(encodeCanonical(parseCanonical(bytes))).toEqual(bytes);
        expect(JSON.parse(JSON.stringify(parseCanonical(bytes)))).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  test("have no second spelling: what is read is written the same, or it is refused by code", () => {
    const mutated = fc.tuple(document, fc.nat(), fc.nat({ max: 255 })).map(([given, at, byte]) => {
      const bytes = encodeCanonical(given);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        let document: CanonicalObject;
        try {
          document = parseCanonical(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(HoldfastError);
          return;
        }
        expect(encodeCanonical(document)).toEqual(new Uint8Array(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test("that JSON.parse reads otherwise are refused", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (json) => {
        const bytes = new TextEncoder().encode(json);
        try {
          expect(text8(encodeCanonical(parseCanonical(bytes)))).toBe(json);
        } catch (error) {
          expect(error).toBeInstanceOf(HoldfastError);
        }
      }),
    );
  });

  test.each([
    ["brackets", '{"a":'.repeat(10_000)],
    ["lists", `{"a":${"[".repeat(60_000)}`],
    ["backslashes", `{"a":"${"\\\\".repeat(30_000)}`],
    ["digits", `{"a":${"9".repeat(60_000)}}`],
    ["members", `{${Array.from({ length: 5000 }, (_, index) => `"k${index}":1`).join(",")}}`],
  ])("of nothing but %s are refused by code, and soon", (_, given) => {
    const begun = performance.now();
    expect(() => parseCanonical(new TextEncoder().encode(given))).toThrow(HoldfastError);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  test.each([
    ["a hole in a list", { a: new Array(2) }],
    ["a function", { a: () => 1 }],
    ["a symbol", { a: Symbol("x") }],
    ["a bigint", { a: 1n }],
    ["not a number", { a: Number.NaN }],
    ["infinity", { a: Number.POSITIVE_INFINITY }],
    ["a lone surrogate", { a: "\ud800" }],
  ])("hold no %s", (_, given) => {
    expect(() => encodeCanonical(given as unknown as CanonicalObject)).toThrow(
      expect.objectContaining({ code: "E_CANON" }),
    );
  });

  test("are read into objects without prototype", () => {
    const read = parseCanonical(new TextEncoder().encode('{"__proto__":{"polluted":true},"toString":1}'));
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.keys(read)).toEqual(["__proto__", "toString"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
