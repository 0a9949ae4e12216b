import { describe, expect, test } from "vitest";
import type { Attribute } from "../attributes/attribute.ts";
import { findAttribute } from "../attributes/attribute-list.ts";
import { type KmipErrorCode, resultReasonOf } from "../errors.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { MASK } from "../tags/mask-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { decodeTtlv } from "../ttlv/decode-ttlv.ts";
import { encodeTtlv } from "../ttlv/encode-ttlv.ts";
import { structure, type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import { readXml } from "../ttlv/xml/read-xml.ts";
import { writeXml } from "../ttlv/xml/write-xml.ts";
import { KMIP_VERSIONS, type KmipVersion } from "../version.ts";
import { claimedVersion } from "./envelope.ts";
import { decodeRequest, encodeRequest, type RequestItem, type RequestMessage, readRequest } from "./request-message.ts";
import {
  decodeResponse,
  encodeResponse,
  type ResponseMessage,
  readResponse,
  writeResponse,
} from "./response-message.ts";
import { reasonIn } from "./result-reason.ts";

const refusal = (code: KmipErrorCode) => expect.objectContaining({ code });
const version = (major: number, minor: number) =>
  `<ProtocolVersion><ProtocolVersionMajor type="Integer" value="${major}"/><ProtocolVersionMinor type="Integer" value="${minor}"/></ProtocolVersion>`;
const header = (fields = "", count = 1, spoken = version(1, 4)) =>
  `<RequestHeader>${spoken}${fields}<BatchCount type="Integer" value="${count}"/></RequestHeader>`;
const item = (operation: string, payload = "", rest = "") =>
  `<BatchItem><Operation type="Enumeration" value="${operation}"/>${rest}<RequestPayload>${payload}</RequestPayload></BatchItem>`;
const request = (...parts: string[]) => readXml(`<RequestMessage>${parts.join("")}</RequestMessage>`);
const ID = '<UniqueIdentifier type="TextString" value="1"/>';

const success = { resultStatus: ENUM.ResultStatus.Success } as const;
const respond = (spoken: KmipVersion, ...items: ResponseMessage["items"]): ResponseMessage => ({
  version: spoken,
  header: { timeStamp: 0 },
  items,
});

describe("a request", () => {
  test("is read with its header, its items and their identifiers", () => {
    const message = readRequest(
      request(
        header('<MaximumResponseSize type="Integer" value="256"/><BatchOrderOption type="Boolean" value="true"/>', 2),
        item("Get", ID, '<UniqueBatchItemID type="ByteString" value="01"/>'),
        item("Destroy", "", '<UniqueBatchItemID type="ByteString" value="02"/>'),
      ),
    );
    expect(message).toEqual({
      version: "1.4",
      header: { maximumResponseSize: 256, batchOrderOption: true },
      items: [
        { operation: "Get", uniqueBatchItemId: Buffer.from([1]), payload: { uniqueIdentifier: "1" } },
        { operation: "Destroy", uniqueBatchItemId: Buffer.from([2]), payload: {} },
      ],
    });
  });

  test.each([
    ["no header", [item("Get", ID)], "E_KMIP_MISSING"],
    ["a header that is not first", [item("Get", ID), header()], "E_KMIP_MISSING"],
    ["two headers", [header(), header(), item("Get", ID)], "E_KMIP_FIELD"],
    ["a batch count that is too large", [header("", 2), item("Get", ID)], "E_KMIP_BATCH"],
    ["a batch count that is too small", [header("", 1), item("Get", ID), item("Get", ID)], "E_KMIP_BATCH"],
    ["a negative batch count", [header("", -1)], "E_KMIP_BATCH"],
    ["no version", [header("", 1, ""), item("Get", ID)], "E_KMIP_MISSING"],
    [
      "half a version",
      [header("", 1, '<ProtocolVersion><ProtocolVersionMajor type="Integer" value="1"/></ProtocolVersion>')],
      "E_KMIP_MISSING",
    ],
    ["version 3.0", [header("", 1, version(3, 0)), item("Get", ID)], "E_KMIP_VERSION"],
    ["version 0.9", [header("", 1, version(0, 9)), item("Get", ID)], "E_KMIP_VERSION"],
    ["version 1.-1", [header("", 1, version(1, -1)), item("Get", ID)], "E_KMIP_VERSION"],
    [
      "a time stamp that is a text",
      [header('<TimeStamp type="TextString" value="now"/>'), item("Get", ID)],
      "E_KMIP_TYPE",
    ],
    ["a field of a payload in the header", [header(ID), item("Get", ID)], "E_KMIP_FIELD"],
    [
      "a header field twice",
      [header('<BatchOrderOption type="Boolean" value="true"/>'.repeat(2)), item("Get", ID)],
      "E_KMIP_DUPLICATE",
    ],
  ] as const)("with %s is refused as a whole", (_, parts, code) => {
    expect(() => readRequest(request(...parts))).toThrow(refusal(code));
  });

  test("that is a response is refused", () => {
    expect(() => decodeRequest(encodeResponse(respond("1.4")))).toThrow(refusal("E_KMIP_FIELD"));
    expect(() => readRequest({ tag: TAG.RequestMessage, type: TYPE.Integer, value: 1 })).toThrow(
      refusal("E_KMIP_TYPE"),
    );
  });

  test.each([
    [
      "an operation that is not known",
      '<BatchItem><Operation type="Enumeration" value="0x000000ff"/><RequestPayload/></BatchItem>',
      "E_KMIP_OPERATION",
      255,
    ],
    ["a required field missing", item("Revoke", ID), "E_KMIP_MISSING", 0x13],
    ["a field twice", item("Get", ID + ID), "E_KMIP_DUPLICATE", 0x0a],
    ["a field of another payload", item("Get", '<Data type="ByteString" value=""/>'), "E_KMIP_FIELD", 0x0a],
    ["a field of another type", item("Get", '<UniqueIdentifier type="ByteString" value="01"/>'), "E_KMIP_TYPE", 0x0a],
    ["no payload", '<BatchItem><Operation type="Enumeration" value="Get"/></BatchItem>', "E_KMIP_MISSING", 0x0a],
    ["no operation", "<BatchItem><RequestPayload/></BatchItem>", "E_KMIP_MISSING", undefined],
    [
      "a payload that is no structure",
      '<BatchItem><Operation type="Enumeration" value="Get"/><RequestPayload type="Integer" value="1"/></BatchItem>',
      "E_KMIP_TYPE",
      0x0a,
    ],
  ] as const)("with %s in one item keeps the others", (_, bad, code, operationNumber) => {
    const { items } = readRequest(request(header("", 3), item("Get", ID), bad, item("Get", ID)));
    expect(items.map(({ operation }) => operation)).toEqual(["Get", null, "Get"]);
    expect(items[1]).toMatchObject({ operation: null, refusal: { code } });
    expect(items[1]?.operation === null && items[1].operationNumber).toBe(operationNumber);
  });

  test("repeats the identifier of an item that is refused", () => {
    const { items } = readRequest(
      request(header(), item("Revoke", "", '<UniqueBatchItemID type="ByteString" value="0a"/>')),
    );
    expect(items[0]).toMatchObject({ uniqueBatchItemId: Buffer.from([10]), refusal: { code: "E_KMIP_MISSING" } });
  });

  test("passes over a vendor's fields, and over unknown ones when told to", () => {
    const vendor = '<TTLV tag="0x540001" type="Integer" value="1"/>';
    expect(readRequest(request(header(vendor), item("Get", ID + vendor))).items[0]?.payload).toEqual({
      uniqueIdentifier: "1",
    });
    const odd = request(header(), item("Get", `${ID}<Data type="ByteString" value=""/>`));
    expect(readRequest(odd, { unknownFields: "ignore" }).items[0]?.payload).toEqual({ uniqueIdentifier: "1" });
  });

  test("of a higher minor version is read by the newest rules of its major", () => {
    expect(readRequest(request(header("", 1, version(1, 9)), item("Get", ID))).version).toBe("1.4");
    expect(readRequest(request(header("", 1, version(2, 7)), item("Get", ID))).version).toBe("2.1");
  });

  test("may carry a field of a later version, as clients do", () => {
    const message = readRequest(
      request(header("", 1, version(1, 0)), item("Locate", '<OffsetItems type="Integer" value="3"/>')),
    );
    expect(message.items[0]?.payload).toEqual({ offsetItems: 3 });
    expect(writeXml(decodeTtlv(encodeRequest(message as RequestMessage<RequestItem>)))).not.toContain("OffsetItems");
  });

  test("tells the version to answer in, even when the rest is broken", () => {
    const bytes = encodeTtlv(request(header("", 1, version(1, 2)), item("Get", ID)));
    bytes.fill(0xff, 60);
    expect(() => decodeRequest(bytes)).toThrow(refusal("E_KMIP_TTLV"));
    expect(claimedVersion(bytes)).toBe("1.2");
    expect(claimedVersion(bytes.subarray(0, 55))).toBeNull();
    expect(claimedVersion(Buffer.alloc(100))).toBeNull();
    expect(claimedVersion(encodeTtlv(request(header("", 1, version(7, 0)))))).toBeNull();
  });
});

describe("what clients in the wild send", () => {
  const credential = (type: string) =>
    `<Authentication><Credential><CredentialType type="${type}" value="1"/><CredentialValue><Username type="TextString" value=""/><Password type="TextString" value=""/></CredentialValue></Credential></Authentication>`;

  test.each(["Enumeration", "Integer"])("an empty user name and password, its type an %s", (type) => {
    expect(readRequest(request(header(credential(type)), item("Get", ID))).header.authentication).toEqual({
      credential: [{ type: "UsernameAndPassword", value: { username: "", password: "" } }],
    });
  });

  test("a credential of a type that is not known", () => {
    const xml = credential("Enumeration").replace('value="1"', 'value="0x80000001"');
    const read = readRequest(request(header(xml), item("Get", ID))) as RequestMessage<RequestItem>;
    expect(read.header.authentication?.credential[0]).toMatchObject({ type: "Other", credentialType: 0x80000001 });
    expect(decodeRequest(encodeRequest(read)).header).toEqual(read.header);
  });

  test("FortiGate's name in a Template-Attribute of Locate", () => {
    const name =
      '<Name><NameValue type="TextString" value="key"/><NameType type="Enumeration" value="UninterpretedTextString"/></Name>';
    const read = readRequest(
      request(
        header(),
        item("Locate", `<MaximumItems type="Integer" value="1"/><TemplateAttribute>${name}</TemplateAttribute>`),
      ),
    );
    expect(read.items[0]?.payload).toEqual({
      maximumItems: 1,
      attributes: [{ name: "Name", value: { nameValue: "key", nameType: 1 } }],
    });
  });

  test("vCenter's custom attributes, in a batch with long identifiers", () => {
    const attribute = (name: string) =>
      `<Attribute><AttributeName type="TextString" value="${name}"/><AttributeValue type="TextString" value="v"/></Attribute>`;
    const id = '<UniqueBatchItemID type="ByteString" value="514c4b430100000000000000"/>';
    const read = readRequest(
      request(
        header("", 2, version(1, 1)),
        item("AddAttribute", ID + attribute("x-Product_Version"), id),
        item("GetAttributes", `${ID}<AttributeName type="TextString" value="x-Product_Version"/>`, id),
      ),
    );
    expect(read.items[0]?.payload).toMatchObject({
      attribute: { vendor: "x", label: "Product_Version", value: { value: "v" } },
    });
    expect(read.items[1]?.payload).toEqual({
      uniqueIdentifier: "1",
      attributeReferences: [{ vendor: "x", label: "Product_Version" }],
    });
  });

  test("a template's name where an object is made is no attribute of the object", () => {
    const name =
      '<Name><NameValue type="TextString" value="t"/><NameType type="Enumeration" value="UninterpretedTextString"/></Name>';
    const read = readRequest(
      request(
        header(),
        item(
          "Create",
          `<ObjectType type="Enumeration" value="SymmetricKey"/><TemplateAttribute>${name}</TemplateAttribute>`,
        ),
      ),
    );
    expect(read.items[0]?.payload).toMatchObject({ attributes: [{ vendor: "", label: "Template" }] });
  });
});

describe("attributes", () => {
  const attributes: readonly Attribute[] = [
    { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
    { name: "CryptographicLength", value: 256 },
    { name: "CryptographicUsageMask", value: MASK.CryptographicUsageMask.Encrypt },
    { name: "Name", value: { nameValue: "k", nameType: ENUM.NameType.UninterpretedTextString } },
    { vendor: "x", label: "Owner", value: { tag: TAG.AttributeValue, type: TYPE.TextString, value: "me" } },
  ];
  const create = (spoken: KmipVersion): RequestMessage<RequestItem> => ({
    version: spoken,
    header: {},
    items: [{ operation: "Create", payload: { objectType: ENUM.ObjectType.SymmetricKey, attributes } }],
  });

  test.each(KMIP_VERSIONS)("have one form in a message of %s", (spoken) => {
    const xml = writeXml(decodeTtlv(encodeRequest(create(spoken))));
    expect(xml.includes("TemplateAttribute")).toBe(spoken < "2");
    expect(xml.includes("<CryptographicUsageMask")).toBe(spoken >= "2");
    expect(decodeRequest(encodeRequest(create(spoken))).items[0]?.payload).toEqual({ objectType: 2, attributes });
  });

  test.each([
    ["1.0", ["State"]],
    ["1.1", ["State", "Fresh"]],
    ["1.4", ["State", "Fresh", "Sensitive"]],
    ["2.0", ["State", "Fresh", "Sensitive", "QuantumSafe"]],
    ["2.1", ["State", "Fresh", "Sensitive", "QuantumSafe", "RotateGeneration"]],
  ] as const)("that %s does not have are not in its responses", (spoken, names) => {
    const bytes = encodeResponse(
      respond(spoken, {
        ...success,
        operation: "GetAttributes",
        payload: {
          uniqueIdentifier: "1",
          attributes: [
            { name: "State", value: ENUM.State.Active },
            { name: "Fresh", value: true },
            { name: "Sensitive", value: true },
            { name: "QuantumSafe", value: true },
            { name: "RotateGeneration", value: 1 },
          ],
        },
      }),
    );
    const [answer] = decodeResponse(bytes, { unknownFields: "refuse" }).items;
    expect(answer?.operation === "GetAttributes" && answer.payload?.attributes?.map(({ name }) => name)).toEqual(names);
  });

  test("are found by name with their type", () => {
    expect(findAttribute(attributes, "CryptographicLength")).toBe(256);
    expect(findAttribute(attributes, "Name")?.nameValue).toBe("k");
    expect(findAttribute(attributes, "State")).toBeUndefined();
  });

  test("keep their index in 1.x", () => {
    const modify: RequestMessage<RequestItem> = {
      version: "1.2",
      header: {},
      items: [{ operation: "ModifyAttribute", payload: { attribute: { name: "ObjectGroup", index: 3, value: "g" } } }],
    };
    expect(decodeRequest(encodeRequest(modify)).items).toEqual(modify.items);
    expect(decodeRequest(encodeRequest({ ...modify, version: "2.0" })).items[0]?.payload).toEqual({
      attribute: { name: "ObjectGroup", value: "g" },
    });
  });

  test("with a value of another type are refused", () => {
    const xml =
      '<Attribute><AttributeName type="TextString" value="State"/><AttributeValue type="TextString" value="Active"/></Attribute>';
    const [only] = readRequest(request(header(), item("AddAttribute", xml))).items;
    expect(only?.refusal).toMatchObject({ code: "E_KMIP_TYPE" });
  });

  test("of 2.x come one at a time where one is due", () => {
    const two =
      '<NewAttribute><Comment type="TextString" value="a"/><Description type="TextString" value="b"/></NewAttribute>';
    const [only] = readRequest(request(header("", 1, version(2, 1)), item("SetAttribute", two))).items;
    expect(only?.refusal).toMatchObject({ code: "E_KMIP_FIELD" });
  });
});

describe("a response", () => {
  test("carries no field of a later version", () => {
    const full = (spoken: KmipVersion) =>
      writeXml(
        writeResponse({
          version: spoken,
          header: { timeStamp: 0, serverCorrelationValue: "s", clientCorrelationValue: "c" },
          items: [
            { ...success, operation: "Locate", payload: { locatedItems: 1, uniqueIdentifier: ["1"] } },
            {
              ...success,
              operation: "Encrypt",
              payload: { uniqueIdentifier: "1", authenticatedEncryptionTag: new Uint8Array(16) },
            },
          ],
        }),
      );
    expect(full("1.2")).not.toMatch(/CorrelationValue|LocatedItems|AuthenticatedEncryptionTag/);
    expect(full("1.4")).toMatch(/ServerCorrelationValue[\s\S]*LocatedItems[\s\S]*AuthenticatedEncryptionTag/);
  });

  test("answers an operation that could not be read", () => {
    const failed = respond("1.0", {
      operation: null,
      operationNumber: 255,
      resultStatus: ENUM.ResultStatus.OperationFailed,
      resultReason: resultReasonOf("E_KMIP_OPERATION"),
      resultMessage: "not known",
    });
    expect(decodeResponse(encodeResponse(failed))).toEqual(failed);
  });

  test("gives a result reason as its version knows it", () => {
    const R = ENUM.ResultReason;
    expect(reasonIn("2.1", R.ObjectNotFound)).toBe(R.ObjectNotFound);
    expect(reasonIn("1.4", R.ObjectNotFound)).toBe(R.ItemNotFound);
    expect(reasonIn("1.0", R.Sensitive)).toBe(R.PermissionDenied);
    expect(reasonIn("2.0", R.IllegalOperation)).toBe(R.PermissionDenied);
    for (const spoken of KMIP_VERSIONS)
      for (const reason of Object.values(R))
        expect(reasonIn(spoken, reasonIn(spoken, reason))).toBe(reasonIn(spoken, reason));
    const bytes = encodeResponse(respond("1.0", { operation: "Get", resultStatus: 1, resultReason: R.ObjectNotFound }));
    expect(decodeResponse(bytes).items[0]?.resultReason).toBe(R.ItemNotFound);
  });

  test("of a newer server is read past what is not known", () => {
    const extra: Ttlv = { tag: 0x42ff00, type: TYPE.Integer, value: 1 };
    const tree = writeResponse(respond("2.1", { ...success, operation: "Ping", payload: {} }));
    if (tree.type !== TYPE.Structure) throw new TypeError("not a structure");
    const [head, ...items] = tree.value;
    if (head?.type !== TYPE.Structure) throw new TypeError("not a structure");
    const newer = structure(tree.tag, [structure(head.tag, [...head.value, extra]), ...items]);
    expect(readResponse(newer).items).toHaveLength(1);
    expect(() => readResponse(newer, { unknownFields: "refuse" })).toThrow(refusal("E_KMIP_FIELD"));
  });

  test("without a required field is not written", () => {
    const bad = respond("1.4", { ...success, operation: "Create", payload: { objectType: 2 } as never });
    expect(() => encodeResponse(bad)).toThrow(refusal("E_KMIP_ENCODE"));
  });

  test("repeats an attribute in 1.x and not in 2.x", () => {
    const attribute: Attribute = { name: "Comment", value: "c" };
    const modified = (spoken: KmipVersion, echoed: Attribute | undefined) =>
      respond(spoken, {
        ...success,
        operation: "ModifyAttribute",
        payload: { uniqueIdentifier: "1", attribute: echoed },
      });
    expect(() => encodeResponse(modified("1.4", undefined))).toThrow(refusal("E_KMIP_ENCODE"));
    expect(decodeResponse(encodeResponse(modified("1.4", attribute))).items[0]?.payload).toMatchObject({ attribute });
    expect(decodeResponse(encodeResponse(modified("2.0", attribute))).items[0]?.payload).toEqual({
      uniqueIdentifier: "1",
    });
  });

  test("keeps the asynchronous indicator a boolean in 1.x and an enumeration in 2.x", () => {
    for (const spoken of ["1.4", "2.0"] as const) {
      const ping: RequestMessage<RequestItem> = {
        version: spoken,
        header: { asynchronousIndicator: ENUM.AsynchronousIndicator.Optional },
        items: [{ operation: "Query", payload: { queryFunction: [1] } }],
      };
      expect(decodeRequest(encodeRequest(ping))).toEqual(ping);
      const type = spoken === "1.4" ? 'Boolean" value="true"' : 'Enumeration" value="Optional"';
      expect(writeXml(decodeTtlv(encodeRequest(ping)))).toContain(`<AsynchronousIndicator type="${type}`);
    }
  });
});
