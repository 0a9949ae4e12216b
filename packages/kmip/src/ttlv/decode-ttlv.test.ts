import { describe, expect, test } from "vitest";
import { KmipError, type KmipErrorCode } from "../errors.ts";
import { bigIntegerFromUnsigned, unsignedFromBigInteger } from "./big-integer.ts";
import { decodeTtlv, messageBytes } from "./decode-ttlv.ts";
import { encodeTtlv } from "./encode-ttlv.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { type Ttlv, TYPE } from "./ttlv.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/[ |]/g, ""), "hex");
const refusal = (code: KmipErrorCode) => expect.objectContaining({ code });

/** KMIP 1.4 section 9.1.2, the examples. */
const EXAMPLES: readonly (readonly [string, Ttlv, string])[] = [
  ["Integer", { tag: 0x420020, type: TYPE.Integer, value: 8 }, "420020 02 00000004 0000000800000000"],
  [
    "Long Integer",
    { tag: 0x420020, type: TYPE.LongInteger, value: 123456789000000000n },
    "420020 03 00000008 01B69B4BA5749200",
  ],
  [
    "Big Integer",
    { tag: 0x420020, type: TYPE.BigInteger, value: hex("0000000003FD35EB6BC2DF4618080000") },
    "420020 04 00000010 0000000003FD35EB 6BC2DF4618080000",
  ],
  ["Enumeration", { tag: 0x420020, type: TYPE.Enumeration, value: 255 }, "420020 05 00000004 000000FF00000000"],
  ["Boolean", { tag: 0x420020, type: TYPE.Boolean, value: true }, "420020 06 00000008 0000000000000001"],
  [
    "Text String",
    { tag: 0x420020, type: TYPE.TextString, value: "Hello World" },
    "420020 07 0000000B 48656C6C6F20576F726C640000000000",
  ],
  [
    "Byte String",
    { tag: 0x420020, type: TYPE.ByteString, value: hex("010203") },
    "420020 08 00000003 0102030000000000",
  ],
  [
    "Date-Time",
    { tag: 0x420020, type: TYPE.DateTime, value: Date.UTC(2008, 2, 14, 11, 56, 40) / 1000 },
    "420020 09 00000008 0000000047DA67F8",
  ],
  ["Interval", { tag: 0x420020, type: TYPE.Interval, value: 864000 }, "420020 0A 00000004 000D2F0000000000"],
  [
    "Date-Time Extended",
    { tag: 0x420020, type: TYPE.DateTimeExtended, value: -1n },
    "420020 0B 00000008 FFFFFFFFFFFFFFFF",
  ],
  [
    "Structure",
    {
      tag: 0x420020,
      type: TYPE.Structure,
      value: [
        { tag: 0x420004, type: TYPE.Enumeration, value: 254 },
        { tag: 0x420005, type: TYPE.Integer, value: 255 },
      ],
    },
    "420020 01 00000020 420004 05 00000004 000000FE00000000 420005 02 00000004 000000FF00000000",
  ],
];

describe("the binary encoding", () => {
  test.each(EXAMPLES)("reads and writes the specification's example of a %s", (_, item, bytes) => {
    expect(decodeTtlv(hex(bytes))).toEqual(item);
    expect(encodeTtlv(item).toString("hex")).toBe(hex(bytes).toString("hex"));
  });

  test.each([
    ["a byte missing", "420020 02 00000004 00000008000000"],
    ["a byte too many", "420020 02 00000004 0000000800000000 00"],
    ["half a header", "420020 02 0000"],
    ["a tag outside the ranges", "430020 02 00000004 0000000800000000"],
    ["type 0", "420020 00 00000004 0000000800000000"],
    ["type 12", "420020 0C 00000004 0000000800000000"],
    ["an integer of eight bytes", "420020 02 00000008 0000000000000008"],
    ["a boolean of four bytes", "420020 06 00000004 0000000100000000"],
    ["a boolean of one byte", "420020 06 00000001 01"],
    ["a boolean of 2", "420020 06 00000008 0000000000000002"],
    ["a boolean with a high bit", "420020 06 00000008 8000000000000001"],
    ["padding that is not zero", "420020 02 00000004 0000000800000001"],
    ["text that is not UTF-8", "420020 07 00000002 C328000000000000"],
    ["text in overlong UTF-8", "420020 07 00000002 C0AF000000000000"],
    ["text with half a surrogate pair", "420020 07 00000003 EDA0800000000000"],
    ["a big integer of four bytes", "420020 04 00000004 0000000800000000"],
    ["a big integer of no bytes", "420020 04 00000000"],
    ["a time a number does not hold", "420020 09 00000008 7FFFFFFFFFFFFFFF"],
    ["a length of 4 GiB", "420020 08 FFFFFFFF 0102030000000000"],
    ["a structure longer than the message", "420020 01 00000018 420004 05 00000004 000000FE00000000"],
    ["a structure shorter than what it holds", "420020 01 00000008 420004 05 00000004 000000FE00000000"],
    ["a child longer than its structure", "420020 01 00000010 420004 08 00000010 000000FE00000000 0000000000000000"],
    ["nothing", ""],
    ["HTTP", Buffer.from("POST /kmip HTTP/1.1\r\n\r\n").toString("hex")],
  ])("refuses %s", (_, bytes) => {
    expect(() => decodeTtlv(hex(bytes))).toThrow(refusal("E_KMIP_TTLV"));
  });

  test("gives byte strings as views of the message, without a copy", () => {
    const bytes = hex("420020 08 00000003 0102030000000000");
    const item = decodeTtlv(bytes);
    bytes[8] = 9;
    expect(item.value).toEqual(hex("090203"));
  });

  test("reads from any view of memory", () => {
    const [, item, bytes] = EXAMPLES[10] as (typeof EXAMPLES)[number];
    const shifted = new Uint8Array(100);
    shifted.set(hex(bytes), 5);
    expect(decodeTtlv(shifted.subarray(5, 5 + hex(bytes).length))).toEqual(item);
  });

  test.each([
    ["a Integer over 31 bits", { tag: 0x420020, type: TYPE.Integer, value: 2 ** 31 }],
    ["a fraction", { tag: 0x420020, type: TYPE.DateTime, value: 0.5 }],
    ["a negative enumeration", { tag: 0x420020, type: TYPE.Enumeration, value: -1 }],
    ["a long integer over 63 bits", { tag: 0x420020, type: TYPE.LongInteger, value: 2n ** 63n }],
    ["half a surrogate pair", { tag: 0x420020, type: TYPE.TextString, value: "\ud800" }],
    [
      "half a surrogate pair in a long text",
      { tag: 0x420020, type: TYPE.TextString, value: `${"a".repeat(90)}\ud800` },
    ],
    ["a big integer of seven bytes", { tag: 0x420020, type: TYPE.BigInteger, value: new Uint8Array(7) }],
  ] as const)("does not write %s", (_, item) => {
    expect(() => encodeTtlv(item)).toThrow(refusal("E_KMIP_ENCODE"));
  });

  test("writes texts of every length and script", () => {
    for (const text of ["", "a", "a".repeat(64), "a".repeat(65), "é", `${"a".repeat(70)}é`, "鍵🔑", "\u0000"]) {
      const item: Ttlv = { tag: 0x420055, type: TYPE.TextString, value: text };
      expect(decodeTtlv(encodeTtlv(item))).toEqual(item);
    }
  });
});

/** Structures in structures, the innermost empty. */
function nested(depth: number): Buffer {
  const bytes = Buffer.alloc(depth * 8);
  for (let level = 0; level < depth; level++) {
    bytes.writeUInt32BE(0x42000f01, level * 8);
    bytes.writeUInt32BE((depth - level - 1) * 8, level * 8 + 4);
  }
  return bytes;
}

describe("limits", () => {
  test("allow 32 levels of structures and refuse 33, and 20,000", () => {
    expect(decodeTtlv(nested(32)).tag).toBe(0x42000f);
    expect(() => decodeTtlv(nested(33))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => decodeTtlv(nested(20_000))).toThrow(refusal("E_KMIP_LIMIT"));
  });

  test("allow as many items as they say and refuse one more", () => {
    const items = (count: number): Buffer => {
      const bytes = Buffer.alloc(8 + count * 8);
      bytes.writeUInt32BE(0x42000f01, 0);
      bytes.writeUInt32BE(count * 8, 4);
      for (let at = 8; at < bytes.length; at += 8) bytes.writeUInt32BE(0x42000f01, at);
      return bytes;
    };
    expect(decodeTtlv(items(DEFAULT_LIMITS.maxItems - 1)).value).toHaveLength(DEFAULT_LIMITS.maxItems - 1);
    expect(() => decodeTtlv(items(DEFAULT_LIMITS.maxItems))).toThrow(refusal("E_KMIP_LIMIT"));
  });

  test("hold for texts and messages", () => {
    const bytes = encodeTtlv({ tag: 0x420055, type: TYPE.TextString, value: "0123456789" });
    expect(decodeTtlv(bytes, { ...DEFAULT_LIMITS, maxTextBytes: 10 }).value).toBe("0123456789");
    expect(() => decodeTtlv(bytes, { ...DEFAULT_LIMITS, maxTextBytes: 9 })).toThrow(refusal("E_KMIP_LIMIT"));
    expect(decodeTtlv(bytes, { ...DEFAULT_LIMITS, maxBytes: 24 }).value).toBe("0123456789");
    expect(() => decodeTtlv(bytes, { ...DEFAULT_LIMITS, maxBytes: 23 })).toThrow(refusal("E_KMIP_LIMIT"));
  });

  test("are told from the first eight bytes of a message", () => {
    expect(messageBytes(hex("42007801000001"))).toBeNull();
    expect(messageBytes(hex("4200780100000148"))).toBe(0x150);
    expect(messageBytes(hex("42007B0100000000 FF"))).toBe(8);
    expect(messageBytes(hex("42007801000FFFF8"))).toBe(1_048_576);
    expect(() => messageBytes(hex("4200780100100000"))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => messageBytes(hex("42007801FFFFFFFF"))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => messageBytes(Buffer.from("GET / HTTP/1.1"))).toThrow(KmipError);
    expect(() => messageBytes(hex("1603010200010001"))).toThrow(refusal("E_KMIP_TTLV"));
  });
});

describe("big integers", () => {
  test.each([
    ["", "0000000000000000"],
    ["00", "0000000000000000"],
    ["7f", "000000000000007f"],
    ["8000000000000000", "00000000000000008000000000000000"],
    ["7fffffffffffffff", "7fffffffffffffff"],
    ["000000000000000001", "0000000000000001"],
  ])("hold the unsigned number %s", (unsigned, signed) => {
    const made = bigIntegerFromUnsigned(hex(unsigned));
    expect(Buffer.from(made).toString("hex")).toBe(signed);
    expect(Buffer.from(unsignedFromBigInteger(made) ?? []).toString("hex")).toBe(unsigned.replace(/^(00)+/, ""));
  });

  test("that are negative have no magnitude", () => {
    expect(unsignedFromBigInteger(hex("ffffffffffffffff"))).toBeNull();
  });
});
