import { describe, expect, test } from "vitest";
import {
  DEFAULT_LIMITS,
  decodeRequest,
  decodeTtlv,
  ENUM,
  encodeTtlv,
  KMIP_ERROR_CODES,
  KmipError,
  type KmipErrorCode,
  readRequest,
  readXml,
  resultReasonOf,
  structure,
  TAG,
  type Ttlv,
  TYPE,
} from "./index.ts";

const integer = (tag: number, value: number): Ttlv => ({ tag, type: TYPE.Integer, value });
const message = (count: number, major: number, ...items: Ttlv[]): Ttlv =>
  structure(TAG.RequestMessage, [
    structure(TAG.RequestHeader, [
      structure(TAG.ProtocolVersion, [integer(TAG.ProtocolVersionMajor, major), integer(TAG.ProtocolVersionMinor, 0)]),
      integer(TAG.BatchCount, count),
    ]),
    ...items,
  ]);
const item = (operation: number, ...payload: Ttlv[]): Ttlv =>
  structure(TAG.BatchItem, [
    { tag: TAG.Operation, type: TYPE.Enumeration, value: operation },
    structure(TAG.RequestPayload, payload),
  ]);
const text = (tag: number): Ttlv => ({ tag, type: TYPE.TextString, value: "1" });

/** The first refusal of a request, of the whole or of an item. */
function read(tree: Ttlv): void {
  const refused = readRequest(tree).items.find(({ refusal }) => refusal !== undefined);
  if (refused?.refusal) throw refused.refusal;
}

const hex = (digits: string) => Buffer.from(digits, "hex");
const { Get, RNGRetrieve } = ENUM.Operation;
const id = text(TAG.UniqueIdentifier);

/** For each code: what it refuses, and the nearest thing that it does not. */
const PAIRS: Readonly<Record<KmipErrorCode, readonly [() => unknown, () => unknown]>> = {
  E_KMIP_TTLV: [
    () => decodeTtlv(hex("42002006000000080000000000000002")),
    () => decodeTtlv(hex("42002006000000080000000000000001")),
  ],
  E_KMIP_LIMIT: [
    () => decodeTtlv(hex("420020080000000100ffffff00000000").fill(0, 9), { ...DEFAULT_LIMITS, maxBytes: 15 }),
    () => decodeTtlv(hex("420020080000000100ffffff00000000").fill(0, 9), { ...DEFAULT_LIMITS, maxBytes: 16 }),
  ],
  E_KMIP_TEXT: [
    () => readXml('<BatchCount type="Integer" value="1.0"/>'),
    () => readXml('<BatchCount type="Integer" value="1"/>'),
  ],
  E_KMIP_VERSION: [() => read(message(0, 3)), () => read(message(0, 2))],
  E_KMIP_MISSING: [
    () => read(message(1, 1, item(RNGRetrieve))),
    () => read(message(1, 1, item(RNGRetrieve, integer(TAG.DataLength, 1)))),
  ],
  E_KMIP_DUPLICATE: [() => read(message(1, 1, item(Get, id, id))), () => read(message(1, 1, item(Get, id)))],
  E_KMIP_TYPE: [
    () => read(message(1, 1, item(RNGRetrieve, text(TAG.DataLength)))),
    () => read(message(1, 1, item(RNGRetrieve, integer(TAG.DataLength, 1)))),
  ],
  E_KMIP_FIELD: [
    () => read(message(1, 1, item(Get, text(TAG.NameValue)))),
    () => read(message(1, 1, item(Get, text(0x540001)))),
  ],
  E_KMIP_OPERATION: [() => read(message(1, 1, item(0x3c))), () => read(message(1, 1, item(0x3b)))],
  E_KMIP_BATCH: [() => read(message(2, 1, item(Get))), () => read(message(1, 1, item(Get)))],
  E_KMIP_ENCODE: [
    () => encodeTtlv(integer(TAG.BatchCount, 2 ** 31)),
    () => encodeTtlv(integer(TAG.BatchCount, 2 ** 31 - 1)),
  ],
};

describe("the codes of this package", () => {
  test.each(KMIP_ERROR_CODES)("%s refuses one thing and not the next", (code) => {
    const [refused, accepted] = PAIRS[code];
    expect(refused).toThrow(KmipError);
    expect(refused).toThrow(expect.objectContaining({ code }));
    expect(accepted).not.toThrow();
  });

  test.each(KMIP_ERROR_CODES)("%s has a result reason that every version knows", (code) => {
    expect(Object.values(ENUM.ResultReason)).toContain(resultReasonOf(code));
  });
});

describe("a message that is made to cost much", () => {
  const attribute = structure(TAG.Attribute, [text(TAG.AttributeName), text(TAG.AttributeValue)]);

  test("of 20,000 attributes is read in time", () => {
    const bytes = encodeTtlv(message(1, 1, item(ENUM.Operation.Locate, ...Array<Ttlv>(20_000).fill(attribute))));
    const wide = { ...DEFAULT_LIMITS, maxBytes: bytes.length };
    expect(decodeRequest(bytes, { limits: wide }).items[0]?.payload).toMatchObject({ attributes: { length: 20_000 } });
  });

  test("of 65,000 attribute values without a name is read in time", () => {
    const xml = `<Attribute>${'<AttributeValue type="Integer" value="1"/>'.repeat(65_000)}</Attribute>`;
    expect(readXml(xml, { ...DEFAULT_LIMITS, maxBytes: xml.length }).value).toHaveLength(65_000);
  });

  test("of 10,000 batch items is read, each for itself", () => {
    const bytes = encodeTtlv(message(10_000, 1, ...Array<Ttlv>(10_000).fill(item(Get))));
    expect(decodeRequest(bytes).items).toHaveLength(10_000);
  });

  test("of texts that all but match is refused in time", () => {
    for (const piece of ["&#", "<", "<!--", " a=", '"', "<a ", "\n"]) {
      expect(() => readXml(`<BatchItem ${piece.repeat(300_000 / piece.length)}`)).toThrow(KmipError);
      expect(() =>
        readXml(`<NameValue type="TextString" value="${piece.replaceAll(/["<]/g, "").repeat(100_000)}`),
      ).toThrow(KmipError);
    }
  });
});
