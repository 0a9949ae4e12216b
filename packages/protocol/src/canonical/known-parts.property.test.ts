import fc from "fast-check";
import { expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { documentCodec } from "../schema/document.ts";
import { readOnce } from "../schema/read-once.ts";
import { array, type Infer, integer, literal, object, text } from "../schema/schema.ts";
import { encodeCanonical } from "./encode-canonical.ts";
import { KnownParts } from "./known-parts.ts";

const person = object({ adm: text((value) => value.length < 40, "a short name"), m: integer(0, 9) });
const shape = object({ typ: literal("people"), ver: literal(1), admins: array(person, 0, 8) });
type People = Infer<typeof shape>;

const anyPerson = fc.record({
  adm: fc.oneof(fc.constantFrom("a", "b", "a name that is longer than what a part is looked for by"), fc.string()),
  m: fc.nat(11),
});
/** A document, perhaps with one byte changed or with another behind it. */
const document = fc
  .tuple(
    fc.array(anyPerson, { maxLength: 5 }),
    fc.option(fc.tuple(fc.nat(), fc.nat(255)), { freq: 3 }),
    fc.option(fc.constantFrom(" ", "}", "x")),
  )
  .map(([admins, change, tail]) => {
    const written = JSON.stringify({ admins, typ: "people", ver: 1 }) + (tail ?? "");
    const bytes = new TextEncoder().encode(written);
    if (change !== null) bytes[change[0] % bytes.length] = change[1];
    return bytes;
  });

function answer(parse: () => People): unknown {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { code: error.code, message: error.message, detail: error.detail };
  }
}

test("what was read before changes no answer: not a value, not a code, not a place", () => {
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 12 }), (documents) => {
      const parts = new KnownParts();
      const people = readOnce(array(readOnce(person, parts), 0, 8), parts);
      const remembering = documentCodec("people", object({ ...SHAPE, admins: people }), undefined, parts);
      const plain = documentCodec("people", shape);
      for (const bytes of [...documents, ...documents])
        expect(answer(() => remembering.parse(bytes))).toEqual(answer(() => plain.parse(bytes)));
    }),
    { numRuns: 200 },
  );
});

const SHAPE = { typ: literal("people"), ver: literal(1) } as const;

test("what stands in two documents is one object, and nobody can change it", () => {
  const parts = new KnownParts();
  const people = readOnce(array(readOnce(person, parts), 0, 8), parts);
  const codec = documentCodec("people", object({ ...SHAPE, admins: people }), undefined, parts);
  const write = (...names: string[]) =>
    encodeCanonical({
      typ: "people",
      ver: 1,
      admins: names.map((adm) => ({ adm: `${adm} of the administrators`, m: 1 })),
    });
  const [first, second] = [codec.parse(write("one", "two")), codec.parse(write("two", "three"))];
  expect(second.admins[0]).toBe(first.admins[1]);
  expect(codec.parse(write("two", "three")).admins).toBe(second.admins);
  expect(() => Object.assign(first.admins[1] ?? {}, { m: 2 })).toThrow(TypeError);
});
