import { type Attribute, decodeResponse, ENUM, encodeRequest, type OperationName } from "@holdfast/kmip";
import { SAMPLES } from "@holdfast/kmip/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { answerKmip } from "./answer-kmip.ts";
import { identifierOf } from "./object-identifier.ts";
import { OPERATION_TABLE } from "./operations/operation-table.ts";
import { KmipAsker } from "./testing/ask-kmip.ts";

const NOBODY = "0a1b2c3d-0000-8000-8000-000000000000";
const ACTIVE = { dates: { activation: "now" } } as const;

let domain: TestDomain;
let victim: KmipAsker;
let attacker: KmipAsker;
let names: { key: string; early: string; wrapping: string; privateKey: string; publicKey: string; foreign: string };
let own: { key: string; wrapping: string; privateKey: string };
let before: string;

beforeAll(async () => {
  domain = await openTestDomain();
  victim = await KmipAsker.enrol(domain);
  attacker = await KmipAsker.enrol(domain);
  const { caller } = victim.session;
  const { operations } = domain;
  const usage = ["encrypt", "decrypt", "derive", "mac"] as const;
  const aes = { algorithm: "AES-256", extractable: true } as const;
  const key = await operations.createObject(caller, {
    ...{ ...aes, ...ACTIVE, usage },
    names: [{ value: "payments", kind: "text" }],
    limits: { unit: "object", total: 100 },
  });
  const early = await operations.createObject(caller, { ...aes, usage });
  const wrapping = await operations.createObject(caller, { ...aes, ...ACTIVE, usage: ["wrap", "unwrap"] });
  const half = { extractable: true, ...ACTIVE };
  const pair = await operations.createPair(caller, {
    algorithm: "EC-P256",
    privateKey: { ...half, usage: ["sign"] },
    publicKey: { ...half, usage: ["verify"] },
  });
  const foreign = await operations.registerObject(caller, {
    ...{ type: "symmetric-key", algorithm: "AES-256", usage, extractable: true, ...ACTIVE },
    material: { format: "raw", bytes: Buffer.alloc(32, 9) },
    foreign: ["kmip:17"],
  });
  const mine = await operations.createObject(attacker.session.caller, { ...aes, ...ACTIVE, usage });
  const mineToWrap = await operations.createObject(attacker.session.caller, {
    ...{ ...aes, ...ACTIVE, usage: ["wrap", "unwrap"] },
  });
  const mineToSign = await operations.createPair(attacker.session.caller, {
    algorithm: "EC-P256",
    privateKey: { ...half, usage: ["sign"] },
    publicKey: { ...half, usage: ["verify"] },
  });
  names = {
    key: identifierOf(key.id),
    early: identifierOf(early.id),
    wrapping: identifierOf(wrapping.id),
    privateKey: identifierOf(pair.privateKey.id),
    publicKey: identifierOf(pair.publicKey.id),
    foreign: foreign.id === "" ? "" : "17",
  };
  own = {
    key: identifierOf(mine.id),
    wrapping: identifierOf(mineToWrap.id),
    privateKey: identifierOf(mineToSign.privateKey.id),
  };
  for (const each of [names.key, names.foreign]) await victim.ask("Get", { uniqueIdentifier: each }); // no longer fresh
  before = victimState();
});
afterAll(() => domain.close());
beforeEach(() => expect(victimState()).toBe(before));

/** All that there is of the victim's objects. */
function victimState(): string {
  const mine = [...domain.keystore.keys()].filter(
    ({ owner }) => owner.kind === "client" && owner.id === victim.session.caller.client.id,
  );
  expect(mine.length).toBeGreaterThanOrEqual(6);
  return JSON.stringify(mine);
}

/** The items of the answer, with the named object's identifier taken out of them. */
async function itemsOf(asker: KmipAsker, operation: OperationName, payload: object, named: string): Promise<string> {
  const request = { version: asker.version, header: {}, items: [{ operation, payload }] };
  const answered = await answerKmip(encodeRequest(request as never), asker.session);
  const items = JSON.stringify(decodeResponse(answered).items, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return named === "" ? items : items.replaceAll(named, "NAME");
}

const data = Buffer.alloc(32, 1);
const x: Attribute = { vendor: "x", label: "a", value: { tag: 0x42000b, type: 7, value: "1" } } as never;
const comment: Attribute = { name: "Comment", value: "mine now" };
const gcm = { blockCipherMode: ENUM.BlockCipherMode.GCM, randomIv: true, tagLength: 16 };
const ecdsa = { digitalSignatureAlgorithm: ENUM.DigitalSignatureAlgorithm.ECDSAWithSHA256 };
const aes256: readonly Attribute[] = [
  { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
  { name: "CryptographicLength", value: 256 },
  { name: "CryptographicUsageMask", value: 12 },
];
const hkdf = { cryptographicParameters: { hashingAlgorithm: ENUM.HashingAlgorithm.SHA_256 } };
const wrappedBy = (uniqueIdentifier: string) => ({
  wrappingMethod: ENUM.WrappingMethod.Encrypt,
  encryptionKeyInformation: {
    uniqueIdentifier,
    cryptographicParameters: { blockCipherMode: ENUM.BlockCipherMode.NISTKeyWrap },
  },
  encodingOption: ENUM.EncodingOption.NoEncoding,
});
const wrappedKey = (uniqueIdentifier: string) => ({
  type: "SymmetricKey",
  keyBlock: {
    keyFormatType: ENUM.KeyFormatType.Raw,
    keyValue: { material: Buffer.alloc(40, 1) },
    cryptographicAlgorithm: ENUM.CryptographicAlgorithm.AES,
    cryptographicLength: 256,
    keyWrappingData: wrappedBy(uniqueIdentifier),
  },
});
const reason = { revocationReasonCode: ENUM.RevocationReasonCode.KeyCompromise };

type Case = readonly [title: string, operation: OperationName, payload: (uniqueIdentifier: string) => object];

/** What an attacker asks for by another's identifier. Each does what it says when the object is the client's own. */
const CASES: readonly Case[] = [
  ["ReKey, which would take its names", "ReKey", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["ReKeyKeyPair", "ReKeyKeyPair", (id) => ({ privateKeyUniqueIdentifier: id })],
  ["Activate", "Activate", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["Revoke as compromised", "Revoke", (uniqueIdentifier) => ({ uniqueIdentifier, revocationReason: reason })],
  ["Destroy", "Destroy", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["Archive", "Archive", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["Recover", "Recover", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["AddAttribute", "AddAttribute", (uniqueIdentifier) => ({ uniqueIdentifier, attribute: x })],
  ["ModifyAttribute", "ModifyAttribute", (uniqueIdentifier) => ({ uniqueIdentifier, attribute: comment })],
  ["SetAttribute", "SetAttribute", (uniqueIdentifier) => ({ uniqueIdentifier, attribute: comment })],
  [
    "DeleteAttribute",
    "DeleteAttribute",
    (uniqueIdentifier) => ({ uniqueIdentifier, attributeReference: { name: "Name" } }),
  ],
  ["AdjustAttribute", "AdjustAttribute", (id) => ({ ...SAMPLES.AdjustAttribute[0], uniqueIdentifier: id })],
  ["Get", "Get", (uniqueIdentifier) => ({ uniqueIdentifier })],
  [
    "Get, wrapped by a key of the attacker's",
    "Get",
    (uniqueIdentifier) => ({ uniqueIdentifier, keyWrappingSpecification: wrappedBy(own.wrapping) }),
  ],
  ["Export", "Export", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["GetAttributes", "GetAttributes", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["GetAttributeList", "GetAttributeList", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["Check", "Check", (uniqueIdentifier) => ({ uniqueIdentifier, cryptographicUsageMask: 4 })],
  ["ObtainLease", "ObtainLease", (uniqueIdentifier) => ({ uniqueIdentifier })],
  ["GetUsageAllocation", "GetUsageAllocation", (uniqueIdentifier) => ({ uniqueIdentifier, usageLimitsCount: 1n })],
  ["Encrypt", "Encrypt", (uniqueIdentifier) => ({ uniqueIdentifier, cryptographicParameters: gcm, data })],
  [
    "Decrypt",
    "Decrypt",
    (uniqueIdentifier) => ({ uniqueIdentifier, cryptographicParameters: gcm, data, ivCounterNonce: data.subarray(20) }),
  ],
  ["Sign", "Sign", (uniqueIdentifier) => ({ uniqueIdentifier, cryptographicParameters: ecdsa, data })],
  [
    "SignatureVerify",
    "SignatureVerify",
    (uniqueIdentifier) => ({ uniqueIdentifier, cryptographicParameters: ecdsa, data, signatureData: data }),
  ],
  ["MAC", "MAC", (uniqueIdentifier) => ({ uniqueIdentifier, data })],
  ["MACVerify", "MACVerify", (uniqueIdentifier) => ({ uniqueIdentifier, data, macData: data })],
  [
    "DeriveKey from it",
    "DeriveKey",
    (id) => ({
      objectType: ENUM.ObjectType.SymmetricKey,
      uniqueIdentifier: [id],
      derivationMethod: ENUM.DerivationMethod.HKDF,
      derivationParameters: hkdf,
      attributes: aes256,
    }),
  ],
  ["wrapping by it", "Get", (id) => ({ uniqueIdentifier: own.key, keyWrappingSpecification: wrappedBy(id) })],
  [
    "registering what it unwraps",
    "Register",
    (id) => ({ objectType: ENUM.ObjectType.SymmetricKey, attributes: aes256, object: wrappedKey(id) }),
  ],
  ["splitting it", "CreateSplitKey", (id) => ({ ...SAMPLES.CreateSplitKey[0], uniqueIdentifier: id })],
  ["joining it", "JoinSplitKey", (id) => ({ ...SAMPLES.JoinSplitKey[0], uniqueIdentifier: [id, id] })],
];

describe("row 107: another client's object is exactly as one that does not exist", () => {
  test.each(CASES)("%s", async (_title, operation, payload) => {
    const absent = await itemsOf(attacker, operation, payload(NOBODY), NOBODY);
    expect(absent).toContain(`"resultReason":${ENUM.ResultReason.ObjectNotFound}`);
    for (const named of [...Object.values(names), "payments"])
      expect(await itemsOf(attacker, operation, payload(named), named), named).toBe(absent);
    expect(victimState()).toBe(before);
  });

  test("and every operation that names an object is among these", () => {
    const covered = new Set(CASES.map(([, operation]) => operation));
    const naming = Object.keys(OPERATION_TABLE).filter((operation) =>
      /"k1"|"privateKeyUniqueIdentifier"/.test(
        JSON.stringify(SAMPLES[operation as OperationName][0], (_, value) =>
          typeof value === "bigint" ? String(value) : value,
        ),
      ),
    );
    const elsewhere = ["Import", "Validate", "Certify", "ReCertify", "ReProvision", "DelegatedLogin"];
    expect(naming.filter((each) => !covered.has(each as OperationName) && !elsewhere.includes(each))).toEqual([]);
  });

  test("in versions from 1.0 on", async () => {
    for (const version of ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0"] as const) {
      const asker = new KmipAsker(attacker.session, version);
      for (const operation of ["Get", "GetAttributes", "Activate", "Destroy", "ReKey"] as const) {
        const absent = await itemsOf(asker, operation, { uniqueIdentifier: NOBODY }, NOBODY);
        expect(await itemsOf(asker, operation, { uniqueIdentifier: names.key }, names.key), operation).toBe(absent);
      }
    }
  });

  test("Locate finds it by no attribute, offset or maximum", async () => {
    const searches: (readonly Attribute[])[] = [
      [],
      [{ name: "Name", value: { nameValue: "payments", nameType: 1 } }],
      [{ name: "UniqueIdentifier", value: names.key }],
      [{ name: "State", value: ENUM.State.Active }],
      [{ name: "ObjectType", value: ENUM.ObjectType.PrivateKey }],
      [{ name: "ObjectGroup", value: "default" }],
    ];
    for (const attributes of searches)
      for (const page of [{}, { offsetItems: 0, maximumItems: 2 ** 31 - 1 }, { offsetItems: 2 ** 31 - 1 }]) {
        const found = await attacker.ask("Locate", { ...page, attributes });
        const all = JSON.stringify(found);
        for (const each of Object.values(names)) if (each !== "17") expect(all).not.toContain(each);
        expect(found.locatedItems ?? 0).toBeLessThanOrEqual(4);
      }
  });

  test("Import takes over neither its identifier nor its name, and replaces nothing", async () => {
    const imported = (uniqueIdentifier: string, replaceExisting: boolean, attributes: readonly Attribute[] = []) => ({
      ...{ uniqueIdentifier, replaceExisting },
      objectType: ENUM.ObjectType.SymmetricKey,
      attributes: [...aes256, ...attributes],
      object: {
        type: "SymmetricKey" as const,
        keyBlock: {
          keyFormatType: ENUM.KeyFormatType.Raw,
          keyValue: { material: data },
          cryptographicAlgorithm: ENUM.CryptographicAlgorithm.AES,
          cryptographicLength: 256,
        },
      },
    });
    const materialFor = async (asker: KmipAsker, uniqueIdentifier: string) =>
      JSON.stringify((await asker.ask("Get", { uniqueIdentifier })).object);
    const victims = [await materialFor(victim, names.key), await materialFor(victim, names.foreign)];
    for (const named of [names.key, names.foreign])
      expect(await attacker.refusal("Import", imported(named, true))).toMatch(/^PermissionDenied/);
    expect(await attacker.refusal("Import", imported(names.foreign, false))).toMatch(/^ObjectAlreadyExists/);
    // To the attacker there is no such object: it may bring one along that had this identifier elsewhere.
    await attacker.ask("Import", imported(names.key, false));
    expect(await materialFor(attacker, names.key)).toContain(JSON.stringify(data));
    expect(victimState()).toBe(before);
    expect([await materialFor(victim, names.key), await materialFor(victim, names.foreign)]).toEqual(victims);
    expect(victims.join()).not.toContain(JSON.stringify(data));
  });

  test("a link to it, a name like its and an alias of the attacker's open nothing", async () => {
    const attributes: Attribute[] = [
      ...aes256,
      { name: "Link", value: { linkType: ENUM.LinkType.DerivationBaseObjectLink, linkedObjectIdentifier: names.key } },
    ];
    const made = await attacker.refusal("Create", { objectType: ENUM.ObjectType.SymmetricKey, attributes });
    expect(made).toMatch(/^ok|^ObjectNotFound/);
    expect(await attacker.refusal("Get", { uniqueIdentifier: names.early })).toMatch(/^ObjectNotFound/);
    expect(victimState()).toBe(before);
  });
});

describe("a client that may see a key and read it", () => {
  let reader: KmipAsker;
  beforeAll(async () => {
    const key = [...domain.keystore.keys()].find(({ names: all }) => all.some(({ value }) => value === "payments"));
    const { id } = key ?? expect.unreachable();
    reader = await KmipAsker.enrol(domain, "2.1", [{ ops: ["get", "locate"], keys: { kind: "key", id } }]);
  });

  test.each(
    CASES.filter(([, operation]) =>
      [
        ...["ReKey", "Activate", "Revoke", "Destroy", "Archive", "Recover", "AddAttribute", "ModifyAttribute"],
        ...["SetAttribute", "DeleteAttribute", "AdjustAttribute", "Encrypt", "Decrypt", "Sign", "MAC", "MACVerify"],
        ...["DeriveKey", "CreateSplitKey"],
      ].includes(operation),
    ),
  )("changes and uses nothing: %s", async (_title, operation, payload) => {
    const said = await itemsOf(reader, operation, payload(names.key), names.key);
    expect(said).toMatch(/"resultStatus":1/);
    expect(said).not.toContain(`"resultReason":${ENUM.ResultReason.GeneralFailure}`);
    expect(victimState()).toBe(before);
  });
});
