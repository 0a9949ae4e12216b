import {
  type Attribute,
  decodeResponse,
  ENUM,
  encodeRequest,
  encodeTtlv,
  findAttribute,
  MASK,
  type RequestItem,
  type ResponseItem,
  type ResponsePayload,
  readXml,
  TAG,
  TYPE,
} from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { KmipAsker } from "./testing/kmip-asker.ts";

const R = ENUM.ResultReason;
const { Success, OperationFailed, OperationUndone } = ENUM.ResultStatus;
const { Encrypt, Decrypt } = MASK.CryptographicUsageMask;
const id = (byte: number): Buffer => Buffer.of(byte);

let domain: TestDomain;
let app: KmipAsker;
let other: KmipAsker;
beforeAll(async () => {
  domain = await openTestDomain();
  app = await KmipAsker.enrol(domain, "app");
  other = await KmipAsker.enrol(domain, "other");
});
afterAll(() => domain.close());

const aes = (...more: Attribute[]): Attribute[] => [
  { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
  { name: "CryptographicLength", value: 256 },
  { name: "CryptographicUsageMask", value: Encrypt | Decrypt },
  ...more,
];
const named = (value: string): Attribute => ({
  name: "Name",
  value: { nameValue: value, nameType: ENUM.NameType.UninterpretedTextString },
});
const create = (...more: Attribute[]): RequestItem => ({
  operation: "Create",
  payload: { objectType: ENUM.ObjectType.SymmetricKey, attributes: aes(...more) },
});
const custom = (label: string, value: string): Attribute => ({
  vendor: "x",
  label,
  value: { tag: TAG.AttributeValue, type: TYPE.TextString, value },
});
const made = async (...more: Attribute[]): Promise<string> => {
  const { items } = await app.batch("1.4", [create(...more)]);
  return identifierIn(items[0]);
};
function identifierIn(item: ResponseItem | undefined): string {
  return (item?.payload as ResponsePayload<"Create"> | undefined)?.uniqueIdentifier as string;
}
const statuses = (items: readonly ResponseItem[]) => items.map(({ resultStatus }) => resultStatus);

const CREATE_BY_TEMPLATE = `<RequestMessage><RequestHeader><ProtocolVersion>
  <ProtocolVersionMajor type="Integer" value="1"/><ProtocolVersionMinor type="Integer" value="2"/></ProtocolVersion>
  <BatchCount type="Integer" value="1"/></RequestHeader>
  <BatchItem><Operation type="Enumeration" value="Create"/><RequestPayload>
  <ObjectType type="Enumeration" value="SymmetricKey"/><TemplateAttribute><Name>
  <NameValue type="TextString" value="house rules"/><NameType type="Enumeration" value="UninterpretedTextString"/>
  </Name></TemplateAttribute></RequestPayload></BatchItem></RequestMessage>`;

describe("a batch", () => {
  test("gives an identifier on from item to item, and not to the next request", async () => {
    const { items } = await app.batch("1.2", [
      { ...create(), uniqueBatchItemId: id(1) },
      { operation: "Get", payload: {}, uniqueBatchItemId: id(2) },
    ]);
    expect(statuses(items)).toEqual([Success, Success]);
    expect(items.map(({ uniqueBatchItemId }) => Buffer.from(uniqueBatchItemId ?? []))).toEqual([id(1), id(2)]);
    expect(identifierIn(items[1])).toBe(identifierIn(items[0]));
    expect(await app.item("1.2", "Get", {})).toMatchObject({
      resultStatus: OperationFailed,
      resultReason: R.ItemNotFound,
    });
  });

  test("names what its items made, by place and by operation, in 2.1", async () => {
    const { items } = await app.batch("2.1", [
      { ...create(), uniqueBatchItemId: id(1) },
      { ...create(), uniqueBatchItemId: id(2) },
      {
        operation: "GetAttributes",
        payload: { uniqueIdentifier: { batchItem: 0 }, attributeReferences: [{ name: "State" }] },
        uniqueBatchItemId: id(3),
      },
      {
        operation: "GetAttributes",
        payload: { uniqueIdentifier: { placeholder: ENUM.UniqueIdentifier.Create } },
        uniqueBatchItemId: id(4),
      },
    ]);
    expect(identifierIn(items[2])).toBe(identifierIn(items[0]));
    expect(identifierIn(items[3])).toBe(identifierIn(items[1]));
  });

  const failing = (option?: number) =>
    app.batch(
      "1.4",
      [
        { ...create(), uniqueBatchItemId: id(1) },
        { operation: "Get", payload: { uniqueIdentifier: "no such object" }, uniqueBatchItemId: id(2) },
        { ...create(), uniqueBatchItemId: id(3) },
      ],
      option === undefined ? {} : { batchErrorContinuationOption: option },
    );

  test("stops at a failure unless it says otherwise", async () => {
    expect(statuses((await failing()).items)).toEqual([Success, OperationFailed]);
    expect(statuses((await failing(ENUM.BatchErrorContinuationOption.Stop)).items)).toEqual([Success, OperationFailed]);
  });

  test("goes on after a failure when it says so", async () => {
    const { items } = await failing(ENUM.BatchErrorContinuationOption.Continue);
    expect(statuses(items)).toEqual([Success, OperationFailed, Success]);
  });

  test("takes back what it made when it says so", async () => {
    const name = named("to be undone");
    const { items } = await app.batch(
      "1.4",
      [
        { ...create(name), uniqueBatchItemId: id(1) },
        { operation: "Get", payload: { uniqueIdentifier: "no such object" }, uniqueBatchItemId: id(2) },
      ],
      { batchErrorContinuationOption: ENUM.BatchErrorContinuationOption.Undo },
    );
    expect(statuses(items)).toEqual([OperationUndone, OperationFailed]);
    expect((await app.ask("1.4", "Locate", { attributes: [name] })).uniqueIdentifier ?? []).toEqual([]);
  });

  test("whose answer is too large is told so, and nothing of it", async () => {
    const { items } = await app.batch("1.4", [create()], { maximumResponseSize: 64 });
    expect(items).toMatchObject([
      { operation: "Create", resultStatus: OperationFailed, resultReason: R.ResponseTooLarge },
    ]);
  });
});

describe("a message", () => {
  test("of a version that is not spoken is refused in the highest version below it", async () => {
    const message = encodeRequest({
      version: "1.4",
      header: {},
      items: [{ operation: "DiscoverVersions", payload: {} }],
    });
    message.writeInt32BE(7, 48); // the minor version
    const response = decodeResponse(await app.bytes(message));
    expect(response.version).toBe("1.4");
    expect(response.items).toMatchObject([{ resultStatus: OperationFailed, resultReason: R.InvalidMessage }]);
  });

  test("that cannot be read is an invalid message", async () => {
    const response = decodeResponse(await app.bytes(Buffer.from("4200780100000000", "hex")));
    expect(response.items).toMatchObject([{ resultStatus: OperationFailed, resultReason: R.InvalidMessage }]);
  });

  test("asks for operations of its own version only", async () => {
    const item = await app.item("1.0", "Encrypt", { uniqueIdentifier: "any", data: Buffer.alloc(1) });
    expect(item).toMatchObject({ resultStatus: OperationFailed, resultReason: R.OperationNotSupported });
  });
});

describe("an object of somebody else", () => {
  test("is answered exactly as one that does not exist, by every operation", async () => {
    const theirs = await made();
    const absent = "00000000-0000-8000-8000-000000000000";
    const reason = { revocationReasonCode: ENUM.RevocationReasonCode.Unspecified };
    for (const version of ["1.4", "2.1"] as const) {
      for (const [operation, more] of [
        ["Get", {}],
        ["GetAttributes", {}],
        ["GetAttributeList", {}],
        ["AddAttribute", { attribute: custom("a", "b") }],
        ["ModifyAttribute", { attribute: custom("a", "b") }],
        ["Activate", {}],
        ["Revoke", { revocationReason: reason }],
        ["Destroy", {}],
        ["Archive", {}],
        ["Recover", {}],
        ["Check", {}],
        ["ObtainLease", {}],
        ["ReKey", {}],
        ["GetUsageAllocation", { usageLimitsCount: 1n }],
      ] as const) {
        const ask = (uniqueIdentifier: string) =>
          other.item(version, operation, { uniqueIdentifier, ...more } as never);
        const [refused, missing] = [await ask(theirs), await ask(absent)];
        expect(refused, operation).toEqual(missing);
        expect(refused.resultReason, operation).toBe(version === "1.4" ? R.ItemNotFound : R.ObjectNotFound);
      }
    }
  });

  test("is not located, and its name is free for others", async () => {
    await made(named("shared name"));
    const asked = { attributes: [named("shared name")] };
    expect((await other.ask("1.4", "Locate", asked)).uniqueIdentifier ?? []).toEqual([]);
    await other.batch("1.4", [create(named("shared name"))]);
    expect((await other.ask("1.4", "Locate", asked)).uniqueIdentifier).toHaveLength(1);
  });
});

describe("attributes", () => {
  test("of later versions are not told to a client of an earlier one", async () => {
    const uniqueIdentifier = await made();
    const names = async (version: "1.0" | "1.2" | "1.4" | "2.1") =>
      (await app.ask(version, "GetAttributeList", { uniqueIdentifier })).attributeReferences?.map(({ name }) => name);
    expect(await names("1.0")).not.toContain("Fresh");
    expect(await names("1.0")).not.toContain("OriginalCreationDate");
    expect(await names("1.2")).toEqual(expect.arrayContaining(["Fresh", "OriginalCreationDate"]));
    expect(await names("1.2")).not.toContain("Extractable");
    expect(await names("1.4")).toContain("Extractable");
    expect(await names("1.4")).not.toContain("KeyFormatType");
    expect(await names("2.1")).toContain("KeyFormatType");
  });

  test("that the server keeps are not changed by clients", async () => {
    const uniqueIdentifier = await made();
    const attribute: Attribute = { name: "State", value: ENUM.State.Active };
    for (const operation of ["AddAttribute", "ModifyAttribute"] as const) {
      expect(await app.item("2.1", operation, { uniqueIdentifier, attribute })).toMatchObject({
        resultStatus: OperationFailed,
        resultReason: R.AttributeReadOnly,
      });
      expect(await app.item("1.4", operation, { uniqueIdentifier, attribute })).toMatchObject({
        resultReason: R.PermissionDenied,
      });
    }
    const deleted = await app.item("1.4", "DeleteAttribute", {
      uniqueIdentifier,
      attributeReference: { name: "Digest" },
    });
    expect(deleted).toMatchObject({ resultReason: R.PermissionDenied });
  });

  test("that nobody has set are left out and are no error", async () => {
    const uniqueIdentifier = await made();
    const attributeReferences = [{ vendor: "x", label: "Product_Version" }, { name: "State" }] as const;
    const { attributes } = await app.ask("1.1", "GetAttributes", { uniqueIdentifier, attributeReferences });
    expect(attributes).toEqual([{ name: "State", value: ENUM.State.PreActive }]);
  });

  test("of clients come back as they were set, changed and deleted, in 1.x and 2.x alike", async () => {
    const uniqueIdentifier = await made();
    await app.ask("1.1", "AddAttribute", { uniqueIdentifier, attribute: custom("Vendor", "one") });
    await app.ask("1.1", "ModifyAttribute", { uniqueIdentifier, attribute: custom("Vendor", "two") });
    const told = await app.ask("2.1", "GetAttributes", {
      uniqueIdentifier,
      attributeReferences: [{ vendor: "x", label: "Vendor" }],
    });
    expect(told.attributes).toMatchObject([{ vendor: "x", label: "Vendor", value: { value: "two" } }]);
    const { attribute } = await app.ask("1.1", "DeleteAttribute", {
      uniqueIdentifier,
      attributeReference: { vendor: "x", label: "Vendor" },
    });
    expect(attribute).toMatchObject({ label: "Vendor", value: { value: "two" } });
    const again = { uniqueIdentifier, attributeReference: { vendor: "x", label: "Vendor" } } as const;
    expect(await app.item("2.1", "DeleteAttribute", again)).toMatchObject({ resultReason: R.AttributeNotFound });
  });

  test("keep the index of an instance when another is deleted", async () => {
    const uniqueIdentifier = await made();
    for (const value of ["a", "b", "c"])
      await app.ask("1.4", "AddAttribute", { uniqueIdentifier, attribute: { name: "ObjectGroup", value } });
    await app.ask("1.4", "DeleteAttribute", {
      uniqueIdentifier,
      attributeReference: { name: "ObjectGroup" },
      attributeIndex: 1,
    });
    const { attributes } = await app.ask("1.4", "GetAttributes", {
      uniqueIdentifier,
      attributeReferences: [{ name: "ObjectGroup" }],
    });
    expect(attributes).toEqual([
      { name: "ObjectGroup", value: "a" },
      { name: "ObjectGroup", index: 2, value: "c" },
    ]);
  });

  test("are counted up, set and turned around in 2.1", async () => {
    const uniqueIdentifier = await made({
      vendor: "x",
      label: "count",
      value: { tag: TAG.AttributeValue, type: TYPE.Integer, value: 5 },
    });
    const attributeReference = { vendor: "x", label: "count" } as const;
    await app.ask("2.1", "AdjustAttribute", {
      ...{ uniqueIdentifier, attributeReference, adjustmentType: ENUM.AdjustmentType.Increment },
    });
    await app.ask("2.1", "SetAttribute", { uniqueIdentifier, attribute: { name: "Comment", value: "a" } });
    await app.ask("2.1", "SetAttribute", { uniqueIdentifier, attribute: { name: "Comment", value: "b" } });
    const { attributes = [] } = await app.ask("2.1", "GetAttributes", { uniqueIdentifier });
    expect(findAttribute(attributes, "Comment")).toBe("b");
    expect(attributes).toContainEqual(
      expect.objectContaining({ label: "count", value: expect.objectContaining({ value: 6 }) }),
    );
  });
});

describe("Locate", () => {
  test("finds by name, custom attribute, mask and state, newest first, in pages", async () => {
    const x = custom("Locate", "yes");
    const ids = [await made(x), await made(x), await made(x)];
    const { uniqueIdentifier } = await app.ask("1.0", "Locate", { attributes: [x] });
    expect(uniqueIdentifier).toEqual([...ids].reverse());
    const page = await app.ask("1.3", "Locate", { attributes: [x], maximumItems: 1, offsetItems: 1 });
    expect(page).toEqual({ locatedItems: 3, uniqueIdentifier: [ids[1]] });
    await app.ask("1.0", "Activate", { uniqueIdentifier: ids[0] as string });
    const active = await app.ask("1.0", "Locate", { attributes: [x, { name: "State", value: ENUM.State.Active }] });
    expect(active.uniqueIdentifier).toEqual([ids[0]]);
    const masked = await app.ask("1.0", "Locate", {
      attributes: [x, { name: "CryptographicUsageMask", value: MASK.CryptographicUsageMask.Sign }],
    });
    expect(masked.uniqueIdentifier ?? []).toEqual([]);
  });

  test("finds archived and destroyed objects only where they are asked for", async () => {
    const x = custom("Kept", "aside");
    const uniqueIdentifier = await made(x);
    await app.ask("1.4", "Archive", { uniqueIdentifier });
    const found = async (storageStatusMask?: number) =>
      (await app.ask("2.1", "Locate", { attributes: [x], ...(storageStatusMask ? { storageStatusMask } : {}) }))
        .uniqueIdentifier ?? [];
    expect(await found()).toEqual([]);
    expect(await found(MASK.StorageStatusMask.ArchivalStorage)).toEqual([uniqueIdentifier]);
    expect(await app.item("1.4", "Get", { uniqueIdentifier })).toMatchObject({ resultReason: R.ObjectArchived });
    await app.ask("1.4", "Recover", { uniqueIdentifier });
    await app.ask("1.4", "Destroy", { uniqueIdentifier });
    expect(await found()).toEqual([]);
    expect(await found(MASK.StorageStatusMask.DestroyedStorage)).toEqual([uniqueIdentifier]);
  });
});

describe("an object", () => {
  test("that is re-keyed gives its name and a link to the new one", async () => {
    const old = await made(named("rotating"));
    await app.ask("1.4", "Activate", { uniqueIdentifier: old });
    const { uniqueIdentifier } = await app.ask("1.4", "ReKey", { uniqueIdentifier: old });
    const { uniqueIdentifier: found } = await app.ask("1.4", "Locate", { attributes: [named("rotating")] });
    expect(found).toEqual([uniqueIdentifier]);
    const { attributes = [] } = await app.ask("1.4", "GetAttributes", { uniqueIdentifier });
    expect(findAttribute(attributes, "Link")).toEqual({
      linkType: ENUM.LinkType.ReplacedObjectLink,
      linkedObjectIdentifier: old,
    });
    expect(findAttribute(attributes, "Fresh")).toBe(true);
  });

  test("is fresh until it is given out", async () => {
    const uniqueIdentifier = await made();
    const fresh = async () =>
      findAttribute((await app.ask("1.4", "GetAttributes", { uniqueIdentifier })).attributes ?? [], "Fresh");
    expect(await fresh()).toBe(true);
    await app.ask("1.4", "Get", { uniqueIdentifier });
    expect(await fresh()).toBe(false);
  });

  test("of a group is the default by turns, and fresh members are found oldest first until each was given out", async () => {
    const group = { name: "ObjectGroup", value: "round-robin" } as const;
    const members = [await made(group), await made(group), await made(group)];
    const next = async (objectGroupMember: number) => {
      const located = await app.ask("1.4", "Locate", { maximumItems: 1, objectGroupMember, attributes: [group] });
      const [uniqueIdentifier] = located.uniqueIdentifier ?? [];
      if (uniqueIdentifier !== undefined) await app.ask("1.4", "Get", { uniqueIdentifier });
      return uniqueIdentifier;
    };
    const { GroupMemberDefault, GroupMemberFresh } = ENUM.ObjectGroupMember;
    const fresh = [await next(GroupMemberFresh), await next(GroupMemberFresh), await next(GroupMemberFresh)];
    expect(fresh).toEqual(members);
    expect(await next(GroupMemberFresh)).toBeUndefined();
    const turns: unknown[] = [];
    for (let turn = 0; turn < 4; turn += 1) turns.push(await next(GroupMemberDefault));
    expect(turns).toEqual([...members, members[0]]);
  });

  test("that was reported as compromised is leased to nobody", async () => {
    const uniqueIdentifier = await made();
    await app.ask("1.4", "ObtainLease", { uniqueIdentifier });
    const revocationReason = { revocationReasonCode: ENUM.RevocationReasonCode.KeyCompromise };
    await app.ask("1.4", "Revoke", { uniqueIdentifier, revocationReason });
    const refused = await app.item("1.4", "ObtainLease", { uniqueIdentifier });
    expect(refused).toMatchObject({ resultReason: R.PermissionDenied });
  });

  test("is imported under the identifier that it had, and found by it", async () => {
    const first = await made();
    const exported = await app.ask("2.1", "Export", { uniqueIdentifier: first });
    const { attributes, object } = exported;
    const uniqueIdentifier = "urn:old-server:42";
    expect(await app.ask("2.1", "Import", { uniqueIdentifier, attributes, object })).toEqual({ uniqueIdentifier });
    expect((await app.ask("1.0", "Get", { uniqueIdentifier })).uniqueIdentifier).toBe(uniqueIdentifier);
    expect(await app.item("2.1", "Import", { uniqueIdentifier, attributes, object })).toMatchObject({
      resultReason: R.ObjectAlreadyExists,
    });
    expect(await other.item("1.4", "Get", { uniqueIdentifier })).toMatchObject({ resultReason: R.ItemNotFound });
  });

  test("is made with a template's attributes", async () => {
    await app.ask("1.2", "Register", {
      objectType: ENUM.ObjectType.Template,
      attributes: [named("house rules")],
      object: { type: "Template", attributes: aes(custom("rule", "house")) },
    });
    const { items } = decodeResponse(await app.bytes(encodeTtlv(readXml(CREATE_BY_TEMPLATE))));
    expect(items).toMatchObject([{ resultStatus: Success }]);
    const uniqueIdentifier = identifierIn(items[0]);
    const { attributes = [] } = await app.ask("1.2", "GetAttributes", { uniqueIdentifier });
    expect(findAttribute(attributes, "CryptographicLength")).toBe(256);
    expect(attributes).toContainEqual(expect.objectContaining({ label: "rule" }));
  });

  test("of an elliptic curve keeps the name of its algorithm, and comes in the forms of the version", async () => {
    const { privateKeyUniqueIdentifier: uniqueIdentifier } = await app.ask("1.2", "CreateKeyPair", {
      commonAttributes: [
        { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.ECDSA },
        { name: "CryptographicLength", value: 256 },
      ],
      privateKeyAttributes: [{ name: "CryptographicUsageMask", value: MASK.CryptographicUsageMask.Sign }],
      publicKeyAttributes: [{ name: "CryptographicUsageMask", value: MASK.CryptographicUsageMask.Verify }],
    });
    const blockOf = async (version: "1.2" | "1.4", keyFormatType?: number) => {
      const { object } = await app.ask(version, "Get", { uniqueIdentifier, keyFormatType });
      return object.type === "PrivateKey" ? object.keyBlock : null;
    };
    const F = ENUM.KeyFormatType;
    expect(await blockOf("1.2")).toMatchObject({
      keyFormatType: F.PKCS_8,
      cryptographicAlgorithm: ENUM.CryptographicAlgorithm.ECDSA,
      cryptographicLength: 256,
    });
    expect(await blockOf("1.4")).toMatchObject({ keyFormatType: F.TransparentECPrivateKey });
    expect(await blockOf("1.4", F.ECPrivateKey)).toMatchObject({ keyFormatType: F.ECPrivateKey });
    const raw = await app.item("1.4", "Get", { uniqueIdentifier, keyFormatType: F.PKCS_1 });
    expect(raw).toMatchObject({ resultReason: R.KeyFormatTypeNotSupported });
  });

  test("with a limit gives parts of it out until it is used up", async () => {
    const uniqueIdentifier = await made(
      { name: "UsageLimits", value: { usageLimitsTotal: 10n, usageLimitsUnit: ENUM.UsageLimitsUnit.Object } },
      { name: "ActivationDate", value: 0 },
    );
    await app.ask("1.4", "GetUsageAllocation", { uniqueIdentifier, usageLimitsCount: 7n });
    expect(await app.item("1.4", "Check", { uniqueIdentifier, usageLimitsCount: 4n })).toMatchObject({
      resultStatus: OperationFailed,
    });
    expect(await app.item("2.1", "GetUsageAllocation", { uniqueIdentifier, usageLimitsCount: 4n })).toMatchObject({
      resultReason: R.PermissionDenied,
    });
    await app.ask("1.4", "ObtainLease", { uniqueIdentifier });
  });

  test("of every kind is answered by Query and Discover Versions for what they are", async () => {
    const { operation = [], objectType = [] } = await app.ask("1.0", "Query", {
      queryFunction: [ENUM.QueryFunction.QueryOperations, ENUM.QueryFunction.QueryObjects],
    });
    expect(operation).toContain(ENUM.Operation.Locate);
    expect(operation).not.toContain(ENUM.Operation.DiscoverVersions);
    expect(objectType).not.toContain(ENUM.ObjectType.PGPKey);
    for (const queryFunction of Object.values(ENUM.QueryFunction))
      await app.ask("2.1", "Query", { queryFunction: [queryFunction] });
    expect((await app.ask("1.1", "DiscoverVersions", {})).protocolVersion?.[0]).toEqual({ major: 2, minor: 1 });
  });
});
