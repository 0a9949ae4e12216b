import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KmipError } from "../errors.ts";
import { anyTtlv } from "../testing/any-ttlv.ts";
import { decodeTtlv } from "./decode-ttlv.ts";
import { encodeTtlv } from "./encode-ttlv.ts";
import { readJson } from "./json/read-json.ts";
import { writeJson } from "./json/write-json.ts";
import { readXml } from "./xml/read-xml.ts";
import { writeXml } from "./xml/write-xml.ts";

/** Runs it; anything thrown must be ours. */
function onlyOurErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof KmipError)) throw error;
  }
}

/** A text with a piece of it replaced. */
const splice = fc.tuple(fc.nat(2000), fc.nat(20), fc.string({ maxLength: 8 }));

describe("the three encodings", () => {
  test("carry any tree there and back", () => {
    fc.assert(
      fc.property(anyTtlv, (tree) => {
        const bytes = encodeTtlv(tree);
        expect(decodeTtlv(bytes)).toEqual(tree);
        expect(encodeTtlv(readXml(writeXml(tree)))).toEqual(bytes);
        expect(encodeTtlv(readJson(writeJson(tree)))).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test("give a tree or our own error for any bytes, and encode again what they accepted", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        onlyOurErrors(() => expect(encodeTtlv(decodeTtlv(bytes))).toEqual(Buffer.from(bytes)));
      }),
      { numRuns: 5000 },
    );
  });

  test("give a tree or our own error for a tree with bytes changed, and encode again what they accepted", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyTtlv, changes, (tree, edits) => {
        const bytes = encodeTtlv(tree);
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        onlyOurErrors(() => expect(encodeTtlv(decodeTtlv(bytes))).toEqual(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test("give a tree or our own error for any text, and for a message with a piece replaced", () => {
    fc.assert(
      fc.property(anyTtlv, splice, fc.string({ maxLength: 100 }), (tree, [at, length, piece], text) => {
        for (const [write, read] of [
          [writeXml, readXml],
          [writeJson, readJson],
        ] as const) {
          const whole = write(tree);
          const changed = whole.slice(0, at % whole.length) + piece + whole.slice((at % whole.length) + length);
          onlyOurErrors(() => void encodeTtlv(read(changed)));
          onlyOurErrors(() => void encodeTtlv(read(text)));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
