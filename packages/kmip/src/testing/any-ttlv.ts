import fc from "fast-check";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import { isXmlText } from "../ttlv/xml/xml-elements.ts";

const anyTag = fc.oneof(
  { arbitrary: fc.constantFrom(...Object.values(TAG)), weight: 8 },
  { arbitrary: fc.integer({ min: 0x540000, max: 0x54ffff }), weight: 1 },
  { arbitrary: fc.integer({ min: 0x42f000, max: 0x42ffff }), weight: 1 },
);
/** The seconds of the years 0 to 9999 and far beyond. */
const anySeconds = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(-62_167_219_201, 253_402_300_800));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint32 = fc.oneof(fc.nat({ max: 0xffff_ffff }), fc.constantFrom(...Object.values(ENUM.Operation)));
/** Texts that XML can carry, too. */
const anyText = fc.string({ unit: "grapheme", maxLength: 90 }).filter(isXmlText);

const anyValue: fc.Arbitrary<Ttlv> = fc.oneof(
  fc.record({ tag: anyTag, type: fc.constant(TYPE.Integer), value: fc.integer() }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.LongInteger), value: int64 }),
  fc.record({
    tag: anyTag,
    type: fc.constant(TYPE.BigInteger),
    value: fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.concat(Array(8).fill(bytes))),
  }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.Enumeration), value: uint32 }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.Boolean), value: fc.boolean() }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.TextString), value: anyText }),
  fc.record({
    tag: anyTag,
    type: fc.constant(TYPE.ByteString),
    value: fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)),
  }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.DateTime), value: anySeconds }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.Interval), value: fc.nat({ max: 0xffff_ffff }) }),
  fc.record({ tag: anyTag, type: fc.constant(TYPE.DateTimeExtended), value: int64 }),
);

/** Any tree that the encodings can carry, up to six levels deep. */
export const anyTtlv: fc.Arbitrary<Ttlv> = fc.letrec<{ tree: Ttlv }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    anyValue,
    fc.record({ tag: anyTag, type: fc.constant(TYPE.Structure), value: fc.array(tie("tree"), { maxLength: 5 }) }),
  ),
})).tree;
