import { type Attribute, decodeResponse, ENUM, encodeRequest, type RequestPayload, TAG, TYPE } from "@holdfast/kmip";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { withstand } from "../../../admission/testing/withstand.ts";
import { loadKeystore } from "../../../keystore/load-keystore.ts";
import type { Grant, KeyRecord } from "../../../keystore/records.ts";
import type { RowTable } from "../../../keystore/store.ts";
import { codeOf, EVERYTHING, newestLeaves } from "../../../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../../../operations/testing/open-test-domain.ts";
import { answerKmip } from "../answer-kmip.ts";
import { identifierOf } from "../object-identifier.ts";
import { KmipAsker } from "../testing/ask-kmip.ts";

const { SymmetricKey, PrivateKey, SecretData } = ENUM.ObjectType;
const { AES } = ENUM.CryptographicAlgorithm;

let domain: TestDomain;
let client: KmipAsker;
beforeAll(async () => {
  domain = await openTestDomain();
});
beforeEach(async () => {
  client = await KmipAsker.enrol(domain);
});
afterAll(() => domain.close());

const aes = (bits: number, ...more: Attribute[]): RequestPayload<"Create"> => ({
  objectType: SymmetricKey,
  attributes: [
    { name: "CryptographicAlgorithm", value: AES },
    { name: "CryptographicLength", value: bits },
    { name: "CryptographicUsageMask", value: 12 },
    ...more,
  ],
});
const raw = (bytes: number): RequestPayload<"Register"> => ({
  ...aes(bytes * 8),
  object: {
    type: "SymmetricKey",
    keyBlock: {
      keyFormatType: ENUM.KeyFormatType.Raw,
      keyValue: { material: Buffer.alloc(bytes, 7) },
      ...{ cryptographicAlgorithm: AES, cryptographicLength: bytes * 8 },
    },
  },
});
const bits256: Attribute = { name: "CryptographicLength", value: 256 };
const constrain = (attributes: Attribute[], objectTypes: number[] | undefined = [SymmetricKey]) =>
  client.ask("SetConstraints", { constraints: [{ objectTypes, attributes }] });
const valuesOf = async (uniqueIdentifier: unknown) =>
  Object.fromEntries(
    ((await client.ask("GetAttributes", { uniqueIdentifier: String(uniqueIdentifier) })).attributes ?? []).map(
      ({ name, value }) => [name, value],
    ),
  );
const VIOLATION = /^ConstraintViolation/;
const named = (nameValue: string): Attribute => ({ name: "Name", value: { nameValue, nameType: 1 } });
const inDefault: Grant[] = [{ ops: EVERYTHING, keys: { kind: "group", id: "default" } }];
/** Under which id the rules are kept that were set last. */
const keptId = () => String(newestLeaves(domain, 1)[0]?.["subject"]);

describe("constraints that a client has set", () => {
  test("are told as they were set, and none before", async () => {
    expect(await client.ask("GetConstraints", {})).toEqual({ constraints: [] });
    await constrain([bits256]);
    const constraint = { objectTypes: [SymmetricKey], attributes: [bits256] };
    expect(await client.ask("GetConstraints", {})).toEqual({ constraints: [constraint] });
  });

  test("refuse what is otherwise, however it would come to be, and let the rest pass", async () => {
    const { uniqueIdentifier: small } = await client.ask("Create", aes(128));
    await constrain([bits256]);
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
    expect(await client.refusal("Register", raw(16))).toMatch(VIOLATION);
    expect(await client.refusal("ReKey", { uniqueIdentifier: small })).toMatch(VIOLATION);
    expect(await client.refusal("Create", aes(256))).toBe("ok");
    expect(await client.refusal("Register", raw(32))).toBe("ok");
  });

  test("allow fewer usages than they name and no others, and each of several values", async () => {
    await constrain([
      { name: "CryptographicUsageMask", value: 12 },
      { name: "CryptographicLength", value: 192 },
      bits256,
    ]);
    const masked = (value: number) => {
      const { attributes, ...rest } = aes(256);
      return { ...rest, attributes: [...attributes.slice(0, 2), { name: "CryptographicUsageMask", value } as const] };
    };
    expect(await client.refusal("Create", masked(4))).toBe("ok");
    expect(await client.refusal("Create", masked(12 + 128))).toMatch(VIOLATION);
    expect(await client.refusal("Create", aes(192))).toBe("ok");
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
  });

  test("say nothing of other types, groups and attributes that an object of its kind has not", async () => {
    await client.ask("SetConstraints", {
      constraints: [
        { objectTypes: [PrivateKey], attributes: [bits256] },
        { objectGroups: ["vault"], attributes: [bits256] },
        { objectTypes: [SymmetricKey], attributes: [{ name: "CertificateType", value: 1 }] },
      ],
    });
    expect(await client.refusal("Create", aes(128))).toBe("ok");
    expect(await client.refusal("Create", aes(128, { name: "ObjectGroup", value: "vault" }))).toMatch(VIOLATION);
  });

  test("end when others take their place", async () => {
    await constrain([bits256]);
    await client.ask("SetConstraints", { constraints: [] });
    expect(await client.refusal("Create", aes(128))).toBe("ok");
  });

  test("are read from the store after a restart, and where they cannot be believed nothing is made", async () => {
    await constrain([bits256]);
    const { store, keys, tid, index, keystore } = domain;
    const { id } = client.session.caller.client;
    const kept = keystore.findRules(id) as KeyRecord;
    expect(loadKeystore({ store, root: keys.root, tid, index }).findRules(id)).toEqual(kept);
    for (const locked of ["E_STATE_MAC", "E_STATE_ROLLBACK"] as const) {
      keystore.replaceKey({ ...kept, locked }, kept);
      expect(await client.refusal("Create", aes(256))).toMatch(/^GeneralFailure/);
      expect(await client.refusal("SetConstraints", { constraints: [] })).toMatch(/^GeneralFailure/);
      keystore.replaceKey(kept, kept);
    }
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
  });

  test("whose row is gone are not taken for none", async () => {
    await constrain([bits256]);
    const { store, keys, tid, index } = domain;
    const { id } = client.session.caller.client;
    const without = new Proxy(store, {
      get(of, name) {
        const found = Reflect.get(of, name, of);
        if (name === "rows") return (table: RowTable) => [...of.rows(table)].filter(({ id: row }) => row !== keptId());
        return typeof found === "function" ? found.bind(of) : found;
      },
    });
    const again = loadKeystore({ store: without, root: keys.root, tid, index });
    expect(again.findRules(id)).toMatchObject({ locked: "E_STATE_ROLLBACK" });
  });

  test("that are set at once with others are both kept, the first time and later", async () => {
    for (const comment of ["first", "later"]) {
      const attributes: Attribute[] = [{ name: "Comment", value: comment }];
      await Promise.all([
        constrain([bits256, { name: "Comment", value: comment }]),
        client.ask("SetDefaults", { defaultsInformation: [{ attributes }] }),
      ]);
      expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
      const { uniqueIdentifier } = await client.ask("Create", aes(256));
      expect(await valuesOf(uniqueIdentifier)).toMatchObject({ Comment: comment });
    }
  });

  test("are nobody's object: no client and no command finds, reads, changes or destroys them", async () => {
    client = await KmipAsker.enrol(domain, "2.1", inDefault);
    await constrain([bits256]);
    const id = keptId();
    const everything: Grant[] = [{ ops: EVERYTHING, keys: { kind: "all" } }];
    const exactly: Grant[] = [{ ops: EVERYTHING, keys: { kind: "key", id } }];
    const askers = [
      client,
      ...(await Promise.all([everything, exactly].map((each) => KmipAsker.enrol(domain, "2.1", each)))),
    ];
    const before = domain.keystore.findRules(client.session.caller.client.id);
    await withstand(domain, null, async () => {
      for (const asker of askers) {
        const { caller } = asker.session;
        const listed = domain.operations.listKeys(caller, { limit: 100 });
        expect(listed.keys.filter((each) => each.keyId === id || /KMIP/.test(each.name))).toEqual([]);
        expect(
          (await asker.ask("Locate", { attributes: [{ name: "ObjectType", value: 6 }] })).uniqueIdentifier,
        ).toBeUndefined();
        const names = [id, identifierOf(id), `kmip-rules/${client.session.caller.client.id}`];
        for (const uniqueIdentifier of names) {
          expect(await asker.refusal("GetAttributes", { uniqueIdentifier })).toMatch(/^ObjectNotFound/);
          expect(await asker.refusal("Get", { uniqueIdentifier })).toMatch(/^ObjectNotFound/);
          expect(await asker.refusal("Destroy", { uniqueIdentifier })).toMatch(/^ObjectNotFound/);
          expect(await asker.refusal("ModifyAttribute", { uniqueIdentifier, attribute: named("gone") })).toMatch(
            /^ObjectNotFound/,
          );
        }
      }
      for (const act of ["key.destroy", "key.activate", "key.compromise"])
        expect(await codeOf(() => domain.apply(act, {}, { kind: "key", keyId: id }))).toBe("E_PRESTATE");
    });
    expect(domain.keystore.findRules(client.session.caller.client.id)).toEqual(before);
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
  });

  test("bind nobody else, are no object of the client's, and need the grants of what they are kept as", async () => {
    await constrain([bits256]);
    const other = await KmipAsker.enrol(domain);
    expect(await other.refusal("Create", aes(128))).toBe("ok");
    expect(await other.ask("GetConstraints", {})).toEqual({ constraints: [] });
    expect((await client.ask("Locate", {})).uniqueIdentifier ?? []).toEqual([]);
    const creates = await KmipAsker.enrol(domain, "2.1", [{ ops: ["create", "locate"], keys: { kind: "own" } }]);
    expect(await creates.refusal("SetConstraints", { constraints: [] })).toMatch(/^PermissionDenied/);
  });

  test("of objects that are not kept here are refused, and change nothing", async () => {
    await constrain([bits256]);
    expect(await client.refusal("SetConstraints", { constraints: [{ objectTypes: [99], attributes: [] }] })).toMatch(
      /^InvalidObjectType/,
    );
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
  });

  test("that no object could meet are refused when they are set, and those before go on", async () => {
    await constrain([bits256]);
    const bits = (value: number): Attribute => ({ name: "CryptographicLength", value });
    const both = (one: object, other: object) => ({
      constraints: [
        { ...one, attributes: [bits256] },
        { ...other, attributes: [bits(128)] },
      ],
    });
    for (const attributes of [
      [{ name: "UniqueIdentifier", value: "1" }],
      [{ name: "InitialDate", value: 1_800_000_000 }],
      [{ name: "State", value: ENUM.State.Destroyed }],
      [{ name: "CryptographicAlgorithm", value: 0x7fff }],
      [bits(0)],
    ] as Attribute[][])
      expect(await client.refusal("SetConstraints", { constraints: [{ attributes }] })).toMatch(
        /^(InvalidField|AttributeReadOnly)/,
      );
    const types = { objectTypes: [SymmetricKey] };
    for (const pair of [both({}, {}), both(types, {}), both({ objectGroups: ["a", "b"] }, { objectGroups: ["b"] })])
      expect(await client.refusal("SetConstraints", pair)).toMatch(/^InvalidField/);
    const twice = [bits256, bits(128)];
    for (const attributes of [[{ name: "UniqueIdentifier", value: "1" }], twice, [bits(-1)]] as Attribute[][])
      expect(await client.refusal("SetDefaults", { defaultsInformation: [{ attributes }] })).toMatch(
        /^(InvalidField|Attribute)/,
      );
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
    expect(await client.refusal("Create", aes(256))).toBe("ok");
    expect(await client.refusal("SetConstraints", both(types, { objectTypes: [PrivateKey] }))).toBe("ok");
    expect(await client.refusal("SetConstraints", { constraints: [{ attributes: twice }] })).toBe("ok");
    expect(await client.refusal("Create", aes(128))).toBe("ok");
  });

  test("do not depend on what anybody calls an object", async () => {
    client = await KmipAsker.enrol(domain, "2.1", inDefault);
    const own = named(`kmip-rules/${client.session.caller.client.id}`);
    const other = await KmipAsker.enrol(domain, "2.1", [{ ops: ["create"], keys: { kind: "own" } }]);
    expect(await other.refusal("Create", aes(256, own))).toBe("ok");
    expect(await client.ask("GetConstraints", {})).toEqual({ constraints: [] });
    await constrain([bits256]);
    await client.ask("SetDefaults", {});
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
  });

  test("come back when the batch that took them away is undone", async () => {
    await constrain([bits256]);
    const header = { batchErrorContinuationOption: ENUM.BatchErrorContinuationOption.Undo };
    const items = [
      { operation: "SetConstraints", payload: { constraints: [] } },
      { operation: "Create", payload: aes(100) },
    ];
    const answered = await answerKmip(encodeRequest({ version: "2.1", header, items } as never), client.session);
    const [first] = decodeResponse(answered).items;
    expect(first?.resultStatus).toBe(ENUM.ResultStatus.OperationUndone);
    expect(await client.refusal("Create", aes(128))).toMatch(VIOLATION);
  });
});

describe("constraints and changes of attributes", () => {
  const owner = (value: string): Attribute => ({
    ...{ vendor: "acme", label: "Owner" },
    value: { tag: TAG.AttributeValue, type: TYPE.TextString, value },
  });
  const pci: Attribute = { name: "Comment", value: "pci" };
  const other: Attribute = { name: "Comment", value: "other" };

  test("an attribute that is constrained is not changed, taken away or added otherwise afterwards", async () => {
    await client.ask("SetConstraints", {
      constraints: [{ attributes: [pci, owner("pay")] }, { objectGroups: ["vault"], attributes: [bits256] }],
    });
    const { uniqueIdentifier: id } = await client.ask("Create", aes(128, pci, owner("pay")));
    const uniqueIdentifier = String(id);
    const attributeReference = { vendor: "acme", label: "Owner" };
    const group: Attribute = { name: "ObjectGroup", value: "vault" };
    expect(await client.refusal("ModifyAttribute", { uniqueIdentifier, attribute: other })).toMatch(VIOLATION);
    expect(await client.refusal("SetAttribute", { uniqueIdentifier, attribute: other })).toMatch(VIOLATION);
    expect(await client.refusal("DeleteAttribute", { uniqueIdentifier, attributeReference })).toMatch(VIOLATION);
    expect(await client.refusal("AddAttribute", { uniqueIdentifier, attribute: group })).toMatch(VIOLATION);
    expect(await valuesOf(id)).toMatchObject({ Comment: "pci" });
    expect(await valuesOf(id)).not.toHaveProperty("ObjectGroup");
    const contact: Attribute = { name: "ContactInformation", value: "me" };
    expect(await client.refusal("AddAttribute", { uniqueIdentifier, attribute: contact })).toBe("ok");
  });

  test("what an object was before the constraint stays, and what is not constrained can be changed", async () => {
    const { uniqueIdentifier: id } = await client.ask("Create", aes(128, other));
    const uniqueIdentifier = String(id);
    await constrain([bits256, pci]);
    const contact: Attribute = { name: "ContactInformation", value: "me" };
    expect(await client.refusal("AddAttribute", { uniqueIdentifier, attribute: contact })).toBe("ok");
    expect(await client.refusal("ModifyAttribute", { uniqueIdentifier, attribute: pci })).toBe("ok");
    expect(await client.refusal("ModifyAttribute", { uniqueIdentifier, attribute: other })).toMatch(VIOLATION);
  });
});

describe("the work that rules make", () => {
  const many = (count: number, each: number) =>
    Array.from({ length: count }, (_, at) => ({
      attributes: Array.from({ length: each }, (_, of) => ({
        ...{ vendor: "x", label: `${at}-${of}` },
        value: { tag: TAG.AttributeValue, type: TYPE.TextString, value: "" },
      })) as Attribute[],
    }));

  test("is bounded: more rules or attributes than are held against each request are refused", async () => {
    expect(await client.refusal("SetDefaults", { defaultsInformation: many(101, 1) })).toMatch(/^InvalidField/);
    expect(await client.refusal("SetConstraints", { constraints: many(1, 501) })).toMatch(/^InvalidField/);
    expect(await client.refusal("SetDefaults", { defaultsInformation: many(100, 5) })).toBe("ok");
  });

  test("lets others be served: a long batch of refusals does not hold the agent", async () => {
    await client.ask("SetDefaults", { defaultsInformation: many(100, 5) });
    const other = await KmipAsker.enrol(domain);
    const header = { batchErrorContinuationOption: ENUM.BatchErrorContinuationOption.Continue };
    const payload = { objectType: SymmetricKey, attributes: [] };
    const items = Array.from({ length: 500 }, () => ({ operation: "Create", payload }));
    const message = encodeRequest({ version: "2.1", header, items } as never);
    const answered: string[] = [];
    const batch = Promise.resolve(answerKmip(message, client.session)).then((bytes) => {
      answered.push("batch");
      return decodeResponse(bytes).items;
    });
    setImmediate(() => void other.ask("GetConstraints", {}).then(() => answered.push("other")));
    expect(new Set((await batch).map(({ resultStatus }) => resultStatus))).toEqual(new Set([1]));
    expect(answered).toEqual(["other", "batch"]);
  });
});

describe("a long batch", () => {
  test("ends where its client is withdrawn meanwhile: the rest is refused", async () => {
    const { id } = client.session.caller.client;
    const header = { batchErrorContinuationOption: ENUM.BatchErrorContinuationOption.Continue };
    const items = Array.from({ length: 500 }, () => ({ operation: "Create", payload: aes(100) }));
    const answering = answerKmip(encodeRequest({ version: "2.1", header, items } as never), client.session);
    setImmediate(() => domain.revoke(id));
    const answers = decodeResponse(await answering).items;
    expect(answers[0]?.resultMessage).not.toMatch(/client/);
    expect(answers.at(-1)).toMatchObject({ resultReason: ENUM.ResultReason.AuthenticationNotSuccessful });
  });
});

describe("defaults that a client has set", () => {
  const asked = {
    objectType: SymmetricKey,
    attributes: [{ name: "CryptographicUsageMask", value: 12 }],
  } as RequestPayload<"Create">;

  test("fill what a request leaves out, and nothing that it says", async () => {
    expect(await client.refusal("Create", asked)).toMatch(/^InvalidField/);
    const attributes: Attribute[] = [{ name: "CryptographicAlgorithm", value: AES }, bits256];
    await client.ask("SetDefaults", { defaultsInformation: [{ objectTypes: [SymmetricKey], attributes }] });
    const { uniqueIdentifier } = await client.ask("Create", asked);
    expect(await valuesOf(uniqueIdentifier)).toMatchObject({ CryptographicAlgorithm: AES, CryptographicLength: 256 });
    const { uniqueIdentifier: said } = await client.ask("Create", aes(128));
    expect(await valuesOf(said)).toMatchObject({ CryptographicLength: 128 });
    await client.ask("SetDefaults", {});
    expect(await client.refusal("Create", asked)).toMatch(/^InvalidField/);
  });

  test("are told by Query, in 2.0 type by type, and are for their types only", async () => {
    const attributes: Attribute[] = [{ name: "Comment", value: "by default" }];
    await client.ask("SetDefaults", { defaultsInformation: [{ objectTypes: [SecretData, PrivateKey], attributes }] });
    const query = { queryFunction: [ENUM.QueryFunction.QueryDefaultsInformation] };
    const told = [{ objectTypes: [SecretData, PrivateKey], attributes }];
    expect((await client.ask("Query", query)).defaultsInformation).toEqual(told);
    const in20 = new KmipAsker(client.session, "2.0");
    expect((await in20.ask("Query", query)).defaultsInformation?.[0]?.objectType).toEqual([SecretData, PrivateKey]);
    const { uniqueIdentifier } = await client.ask("Create", aes(256));
    expect(await valuesOf(uniqueIdentifier)).not.toHaveProperty("Comment");
  });

  test("do not widen what the client may: an object that may leave needs the grant", async () => {
    const bound = await KmipAsker.enrol(domain, "2.1", [
      { ops: ["create", "import", "attributes", "locate"], keys: { kind: "own" } },
    ]);
    const attributes: Attribute[] = [{ name: "Extractable", value: true }];
    await bound.ask("SetDefaults", { defaultsInformation: [{ attributes }] });
    expect(await bound.refusal("Create", aes(256))).toMatch(/^PermissionDenied/);
  });
});
