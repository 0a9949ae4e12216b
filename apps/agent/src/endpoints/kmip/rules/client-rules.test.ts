import { type Attribute, ENUM, type RequestPayload } from "@holdfast/kmip";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadKeystore } from "../../../keystore/load-keystore.ts";
import type { KeyRecord } from "../../../keystore/records.ts";
import { EVERYTHING } from "../../../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../../../operations/testing/open-test-domain.ts";
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
    const { store, keys, tid, index } = domain;
    const again = loadKeystore({ store, root: keys.root, tid, index });
    const [kept] = again.findKeysByName(`kmip-rules/${client.session.caller.client.id}`);
    expect(kept).toEqual(domain.keystore.findKey(kept?.id ?? ""));
    domain.keystore.replaceKey({ ...(kept as KeyRecord), locked: "E_STATE_MAC" }, kept as KeyRecord);
    expect(await client.refusal("Create", aes(256))).toMatch(/^GeneralFailure/);
    domain.keystore.replaceKey(kept as KeyRecord, kept as KeyRecord);
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

  test("are the client's own: an object of that name that another made is none", async () => {
    const name = `kmip-rules/${client.session.caller.client.id}`;
    const all = await KmipAsker.enrol(domain, "2.1", [{ ops: EVERYTHING, keys: { kind: "all" } }]);
    expect(await all.refusal("Create", aes(256, { name: "Name", value: { nameValue: name, nameType: 1 } }))).toBe("ok");
    expect(await client.ask("GetConstraints", {})).toEqual({ constraints: [] });
    expect(await client.refusal("Create", aes(128))).toBe("ok");
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
