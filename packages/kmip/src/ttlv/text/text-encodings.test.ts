import { describe, expect, test } from "vitest";
import type { KmipErrorCode } from "../../errors.ts";
import { ENUM } from "../../tags/enumeration-table.ts";
import { MASK } from "../../tags/mask-table.ts";
import { TAG } from "../../tags/tag-table.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { structure, type Ttlv, TYPE } from "../ttlv.ts";
import { readXml } from "../xml/read-xml.ts";
import { writeXml } from "../xml/write-xml.ts";

const refusal = (code: KmipErrorCode) => expect.objectContaining({ code });
const USAGE = MASK.CryptographicUsageMask;

describe("XML", () => {
  test.each([
    ["a mask in words", '<CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>', 12],
    ["a mask in words with bars", '<CryptographicUsageMask type="Integer" value="Encrypt|Decrypt"/>', 12],
    [
      "a mask in words and bits",
      '<CryptographicUsageMask type="Integer" value="Encrypt 0x01000000"/>',
      USAGE.Encrypt + 0x1000000,
    ],
    ["an empty mask", '<CryptographicUsageMask type="Integer" value=""/>', 0],
    ["a negative integer in hexadecimal", '<Qlength type="Integer" value="0xffffffff"/>', -1],
    [
      "an enumeration by name",
      '<CryptographicAlgorithm type="Enumeration" value="DES3"/>',
      ENUM.CryptographicAlgorithm.DES3,
    ],
    ["an enumeration in hexadecimal", '<CryptographicAlgorithm type="Enumeration" value="0x80000001"/>', 0x80000001],
    ["an enumeration by another tag's name", '<MaskGeneratorHashingAlgorithm type="Enumeration" value="SHA_256"/>', 6],
    [
      "the British spelling",
      '<ResultReason type="Enumeration" value="NotAuthorised"/>',
      ENUM.ResultReason.NotAuthorized,
    ],
    ["a boolean in hexadecimal", '<Fresh type="Boolean" value="0x0000000000000001"/>', true],
    [
      "a date with an offset",
      '<TimeStamp type="DateTime" value="2000-02-02T00:00:00+10:00"/>',
      Date.UTC(2000, 1, 1, 14) / 1000,
    ],
    ["a date in hexadecimal", '<TimeStamp type="DateTime" value="0x0000000047DA67F8"/>', 0x47da67f8],
    ["an element of a tag without a name", '<TTLV tag="0x540001" type="Integer" value="1"/>', 1],
    ["an element by its tag", '<TTLV tag="0x42000D" name="Batch Count" type="Integer" value="1"/>', 1],
    [
      "a name space, a comment and a declaration",
      '<?xml version="1.0"?><!-- c --><BatchCount xmlns="urn:x" type="Integer" value="1"/>\n',
      1,
    ],
    ["references", '<NameValue type="TextString" value="&lt;&#x41;&#10;&amp;amp;&apos;"/>', "<A\n&amp;'"],
    ["single quotes", `<NameValue type='TextString' value='a"b'/>`, 'a"b'],
    ["a line break as a space", '<NameValue type="TextString" value="a\r\nb\tc"/>', "a b c"],
  ])("reads %s", (_, xml, value) => {
    expect(readXml(xml).value).toEqual(value);
  });

  test.each([
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><BatchCount type="Integer" value="1"/>'],
    ["an entity of its own", '<NameValue type="TextString" value="&b;"/>'],
    ["an entity named like a member of every object", '<NameValue type="TextString" value="&valueOf;"/>'],
    ["a bare ampersand", '<NameValue type="TextString" value="a & b"/>'],
    ["a reference to no character", '<NameValue type="TextString" value="&#0;"/>'],
    ["a reference beyond Unicode", '<NameValue type="TextString" value="&#x110000;"/>'],
    ["a processing instruction", "<RequestMessage><?php ?></RequestMessage>"],
    ["CDATA", "<RequestMessage><![CDATA[x]]></RequestMessage>"],
    ["text between elements", "<RequestMessage>x</RequestMessage>"],
    ["a second message", "<RequestMessage/><RequestMessage/>"],
    ["an element that does not end", "<RequestMessage><BatchItem></RequestMessage>"],
    ["a comment that does not end", "<!-- <RequestMessage/>"],
    ["a comment with two hyphens", "<!-- a -- b --><RequestMessage/>"],
    ["an attribute twice", '<BatchCount type="Integer" type="Integer" value="1"/>'],
    ["an attribute that is not known", '<BatchCount type="Integer" value="1" href="x"/>'],
    ["an element that is no tag", '<Constructor type="Integer" value="1"/>'],
    ["an element named like a member of every object", '<toString type="Integer" value="1"/>'],
    ["a type that is none", '<BatchCount type="toString" value="1"/>'],
    ["a value of no type", '<BatchCount value="1"/>'],
    ["a type without a value", '<BatchCount type="Integer"/>'],
    ["an integer over 31 bits", '<BatchCount type="Integer" value="2147483648"/>'],
    ["hexadecimal of nine digits", '<BatchCount type="Integer" value="0x100000000"/>'],
    ["an integer with a fraction", '<BatchCount type="Integer" value="1.5"/>'],
    ["a word of another mask", '<StorageStatusMask type="Integer" value="Encrypt"/>'],
    ["a word where there is no mask", '<BatchCount type="Integer" value="Encrypt"/>'],
    ["a name of another enumeration", '<ObjectType type="Enumeration" value="AES"/>'],
    ["an enumeration's name from every object", '<ObjectType type="Enumeration" value="hasOwnProperty"/>'],
    ["30 February", '<TimeStamp type="DateTime" value="2000-02-30T00:00:00Z"/>'],
    ["a date without an offset", '<TimeStamp type="DateTime" value="2000-02-02T00:00:00"/>'],
    ["half a byte", '<Data type="ByteString" value="abc"/>'],
    ["a big integer of three bytes", '<Modulus type="BigInteger" value="010001"/>'],
    ["a tag outside the ranges", '<TTLV tag="0x430001" type="Integer" value="1"/>'],
    ["a control character", '<NameValue type="TextString" value="a\u0001"/>'],
    ["nothing", ""],
  ])("refuses %s", (_, xml) => {
    expect(() => readXml(xml)).toThrow(refusal("E_KMIP_TEXT"));
  });

  test("refuses what is too deep, too many or too large, at once", () => {
    const deep = (levels: number) => `${"<BatchItem>".repeat(levels)}<BatchItem/>${"</BatchItem>".repeat(levels)}`;
    expect(readXml(deep(32)).tag).toBe(TAG.BatchItem);
    expect(() => readXml(deep(33))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => readXml(deep(20_000))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => readXml(`<BatchItem>${"<BatchItem/>".repeat(65_536)}</BatchItem>`)).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => readXml(" ".repeat(1_048_577))).toThrow(refusal("E_KMIP_LIMIT"));
    const long = (length: number) => `<NameValue type="TextString" value="${"a".repeat(length)}"/>`;
    expect(readXml(long(65_536)).value).toHaveLength(65_536);
    expect(() => readXml(long(65_537))).toThrow(refusal("E_KMIP_LIMIT"));
  });

  test("names the value of an attribute of 1.x by the attribute's name", () => {
    const xml =
      '<Attribute>\n  <AttributeName type="TextString" value="Cryptographic Usage Mask"/>\n' +
      '  <AttributeValue type="Integer" value="Sign Verify"/>\n</Attribute>\n';
    expect(writeXml(readXml(xml))).toBe(xml);
  });

  test("reads back an attribute's value that stands before its name", () => {
    const tree = structure(TAG.Attribute, [
      { tag: TAG.AttributeValue, type: TYPE.Integer, value: 2 },
      { tag: TAG.AttributeName, type: TYPE.TextString, value: "Cryptographic Usage Mask" },
    ]);
    expect(readXml(writeXml(tree))).toEqual(tree);
    expect(readJson(writeJson(tree))).toEqual(tree);
  });

  test("writes characters that an attribute would lose, and refuses those XML does not have", () => {
    const text = (value: string): Ttlv => ({ tag: TAG.NameValue, type: TYPE.TextString, value });
    expect(readXml(writeXml(text("a\tb\nc\rd\"<>&'é🔑"))).value).toBe("a\tb\nc\rd\"<>&'é🔑");
    expect(() => writeXml(text("\u0000"))).toThrow(refusal("E_KMIP_ENCODE"));
  });
});

describe("JSON", () => {
  const of = (type: string, value: unknown, tag = "Offset") => JSON.stringify({ tag, type, value });

  test.each([
    ["an integer", of("Integer", -8), -8],
    ["an integer in hexadecimal", of("Integer", "0x00000008"), 8],
    ["a mask in words", of("Integer", "Encrypt|Decrypt", "CryptographicUsageMask"), 12],
    ["a long integer", of("LongInteger", 9007199254740991), 9007199254740991n],
    ["a long integer in hexadecimal", of("LongInteger", "0xfffffffffffffffe"), -2n],
    ["a big integer of few digits", of("BigInteger", "0x010001"), Buffer.from("0000000000010001", "hex")],
    ["a negative big integer of few digits", of("BigInteger", "0xff"), Buffer.from("ffffffffffffffff", "hex")],
    ["an enumeration by name", of("Enumeration", "AES", "CryptographicAlgorithm"), 3],
    ["an enumeration in hexadecimal", of("Enumeration", "0x00000003", "CryptographicAlgorithm"), 3],
    ["a boolean", of("Boolean", true), true],
    ["a boolean in hexadecimal", of("Boolean", "0x0000000000000000"), false],
    ["a date", of("DateTime", "2001-01-01T10:00:00+10:00"), 978_307_200],
    ["an interval in hexadecimal", of("Interval", "0x0000000a"), 10],
    ["a structure without a type", '{"tag":"RequestMessage","value":[]}', []],
    ["a tag in hexadecimal", of("Integer", 1, "0x540001"), 1],
  ])("reads %s", (_, json, value) => {
    expect(readJson(json).value).toEqual(value);
  });

  test.each([
    ["a number that JavaScript rounds", of("LongInteger", 2 ** 53)],
    ["a fraction", of("Integer", 1.5)],
    ["a number for a text", of("TextString", 1)],
    ["a number for a date", of("DateTime", 1)],
    ["null", of("TextString", null)],
    ["a structure with a text", of("Structure", "x")],
    ["a member that is not known", '{"tag":"Offset","type":"Integer","value":1,"x":1}'],
    ["__proto__", '{"__proto__":{"tag":"Offset"},"type":"Integer","value":1}'],
    ["an array", "[]"],
    ["a tag that is none", of("Integer", 1, "toString")],
    ["a type that is none", of("toString", 1)],
    ["half a surrogate pair", '{"tag":"NameValue","type":"TextString","value":"\\ud800"}'],
    ["no JSON", "{"],
  ])("refuses %s", (_, json) => {
    expect(() => readJson(json)).toThrow(refusal("E_KMIP_TEXT"));
  });

  test("refuses what is too deep or too large", () => {
    const deep = (levels: number) => `${'{"tag":"BatchItem","value":['.repeat(levels)}${"]}".repeat(levels)}`;
    expect(readJson(deep(32)).tag).toBe(TAG.BatchItem);
    expect(() => readJson(deep(33))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => readJson(deep(20_000))).toThrow(refusal("E_KMIP_LIMIT"));
    expect(() => readJson("[".repeat(DEFAULT_LIMITS.maxBytes))).toThrow(refusal("E_KMIP_TEXT"));
    expect(() => readJson(" ".repeat(DEFAULT_LIMITS.maxBytes + 1))).toThrow(refusal("E_KMIP_LIMIT"));
  });

  test("writes numbers over 53 bits in hexadecimal", () => {
    const long = (value: bigint): Ttlv => ({ tag: TAG.UsageLimitsTotal, type: TYPE.LongInteger, value });
    expect(writeJson(long(2n ** 53n))).toContain('"0x0020000000000000"');
    expect(writeJson(long(2n ** 53n - 1n))).toContain("9007199254740991");
    expect(readJson(writeJson(long(-(2n ** 63n)))).value).toBe(-(2n ** 63n));
  });
});
