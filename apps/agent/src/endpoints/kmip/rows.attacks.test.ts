import { randomBytes } from "node:crypto";
import {
  type Attribute,
  decodeResponse,
  ENUM,
  encodeRequest,
  enumerationName,
  type OperationName,
  type RequestHeader,
} from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../logger.ts";
import { EVERYTHING, newestLeaves } from "../../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { answerKmip } from "./answer-kmip.ts";
import { identifierOf } from "./object-identifier.ts";
import { startKmip } from "./start-kmip.ts";
import { KmipAsker } from "./testing/ask-kmip.ts";
import { KmipTestConnection } from "./testing/kmip-client.ts";

const { SymmetricKey } = ENUM.ObjectType;
const { AES } = ENUM.CryptographicAlgorithm;
const EVERY = [{ ops: EVERYTHING, keys: { kind: "own" } }] as const;
const gcm = { blockCipherMode: ENUM.BlockCipherMode.GCM, randomIv: true, tagLength: 16 };
const data = Buffer.alloc(32, 1);
const aes = (mask: number, ...more: Attribute[]): Attribute[] => [
  { name: "CryptographicAlgorithm", value: AES },
  { name: "CryptographicLength", value: 256 },
  { name: "CryptographicUsageMask", value: mask },
  { name: "ActivationDate", value: 1 },
  ...more,
];
const nameOf = (nameValue: string): Attribute => ({ name: "Name", value: { nameValue, nameType: 1 } });
const rawKey = (material: Buffer) => ({
  type: "SymmetricKey" as const,
  keyBlock: {
    keyFormatType: ENUM.KeyFormatType.Raw,
    keyValue: { material },
    cryptographicAlgorithm: AES,
    cryptographicLength: 256,
  },
});

let domain: TestDomain;
let client: KmipAsker;
const log: string[] = [];
beforeAll(async () => {
  domain = await openTestDomain({ logger: createLogger((line) => log.push(line)) });
  client = await KmipAsker.enrol(domain);
});
afterAll(() => domain.close());

async function made(...more: Attribute[]): Promise<string> {
  const { uniqueIdentifier } = await client.ask("Create", { objectType: SymmetricKey, attributes: aes(12, ...more) });
  return String(uniqueIdentifier);
}

interface Item {
  readonly operation: OperationName;
  readonly payload: object;
  readonly uniqueBatchItemId?: Buffer;
}

/** A request of several items. @returns the reason of each answer, or "ok" */
async function batch(items: readonly Item[], header: RequestHeader = {}, asker = client): Promise<string[]> {
  return reasonsIn(await answerKmip(encodeRequest({ version: "2.1", header, items } as never), asker.session));
}

function reasonsIn(answer: Buffer): string[] {
  return decodeResponse(answer).items.map(({ resultStatus, resultReason = 0 }) =>
    resultStatus === ENUM.ResultStatus.Success ? "ok" : (enumerationName("ResultReason", resultReason) ?? "?"),
  );
}

describe("attributes that are the server's", () => {
  const READ_ONLY: readonly Attribute[] = [
    { name: "State", value: ENUM.State.Active },
    { name: "UniqueIdentifier", value: "mine" },
    { name: "ObjectType", value: ENUM.ObjectType.OpaqueObject },
    { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.DES3 },
    { name: "CryptographicLength", value: 8 },
    { name: "InitialDate", value: 1 },
    { name: "DestroyDate", value: 1 },
    { name: "CompromiseDate", value: 1 },
    { name: "LastChangeDate", value: 1 },
    { name: "ArchiveDate", value: 1 },
    { name: "AlwaysSensitive", value: false },
    { name: "NeverExtractable", value: true },
    { name: "Fresh", value: true },
    { name: "LeaseTime", value: 1 },
    { name: "Digest", value: { hashingAlgorithm: ENUM.HashingAlgorithm.SHA_256, digestValue: data } },
  ];
  test.each(READ_ONLY.map((each) => [each.name ?? "", each] as const))(
    "%s is not set, by no operation",
    async (_n, attribute) => {
      const uniqueIdentifier = await made();
      const before = JSON.stringify((await client.ask("GetAttributes", { uniqueIdentifier })).attributes);
      expect(await client.refusal("ModifyAttribute", { uniqueIdentifier, attribute })).not.toBe("ok");
      expect(await client.refusal("AddAttribute", { uniqueIdentifier, attribute })).not.toBe("ok");
      expect(await client.refusal("SetAttribute", { uniqueIdentifier, attribute })).not.toBe("ok");
      expect(JSON.stringify((await client.ask("GetAttributes", { uniqueIdentifier })).attributes)).toBe(before);
    },
  );

  test("a usage mask is not raised, and what may not leave is not made to", async () => {
    const uniqueIdentifier = await made({ name: "Extractable", value: false });
    for (const attribute of [
      { name: "CryptographicUsageMask", value: 0xfff },
      { name: "Extractable", value: true },
      { name: "Sensitive", value: false },
    ] as const)
      for (const operation of ["ModifyAttribute", "SetAttribute", "AddAttribute"] as const)
        await client.refusal(operation, { uniqueIdentifier, attribute });
    expect(await client.refusal("MAC", { uniqueIdentifier, data })).toMatch(/^IncompatibleCryptographicUsageMask/);
    expect(await client.refusal("Get", { uniqueIdentifier })).toMatch(/^NotExtractable/);
  });
});

describe("identifiers", () => {
  test("the ID Placeholder is of one request: a next one on the same connection has none", async () => {
    expect(
      await batch([
        {
          operation: "Create",
          payload: { objectType: SymmetricKey, attributes: aes(12) },
          uniqueBatchItemId: Buffer.of(1),
        },
        { operation: "GetAttributes", payload: {}, uniqueBatchItemId: Buffer.of(2) },
      ]),
    ).toEqual(["ok", "ok"]);
    for (const operation of ["Get", "GetAttributes", "Destroy", "Activate", "Encrypt", "ReKey"] as const)
      expect(await batch([{ operation, payload: operation === "Encrypt" ? { data } : {} }]), operation).toEqual([
        "ObjectNotFound",
      ]);
  });

  test("that are empty name nothing", async () => {
    for (const operation of ["Get", "GetAttributes", "Destroy", "Activate", "ReKey"] as const)
      expect(await batch([{ operation, payload: { uniqueIdentifier: "" } }]), operation).toEqual(["ObjectNotFound"]);
  });
});

test("a date of 0 that is negated is 0, and nothing that no document can hold", async () => {
  const attributes = [...aes(12).slice(0, 3), { name: "ProcessStartDate", value: 0 } as const];
  const { uniqueIdentifier } = await client.ask("Create", { objectType: SymmetricKey, attributes });
  for (const name of ["ProcessStartDate", "ActivationDate", "ProtectStopDate", "DeactivationDate"] as const)
    expect(
      await client.refusal("AdjustAttribute", {
        ...{ uniqueIdentifier, attributeReference: { name } },
        adjustmentType: ENUM.AdjustmentType.Negate,
      }),
    ).not.toMatch(/^GeneralFailure/);
});

test("a key said to have no bits, or fewer, is refused as such", async () => {
  for (const value of [0, -8, -(2 ** 31)])
    for (const algorithm of [ENUM.CryptographicAlgorithm.HMAC_SHA256, ENUM.CryptographicAlgorithm.Blowfish]) {
      const length = { name: "CryptographicLength", value } as const;
      const attributes = [{ name: "CryptographicAlgorithm", value: algorithm } as const, length, ...aes(12).slice(2)];
      const { keyBlock } = rawKey(data);
      const object = {
        type: "SymmetricKey" as const,
        keyBlock: { ...keyBlock, cryptographicAlgorithm: algorithm, cryptographicLength: value },
      };
      for (const said of [
        await client.refusal("Register", { objectType: SymmetricKey, attributes, object }),
        await client.refusal("Create", { objectType: SymmetricKey, attributes }),
      ])
        expect(said).toMatch(/^Invalid/);
    }
});

test("a Validate that is refused for one object leaves nothing behind of another, and takes no key out", async () => {
  const uniqueIdentifier = await made();
  const size = domain.log.size;
  const payload = { uniqueIdentifier: [uniqueIdentifier, ""] };
  expect(await batch([{ operation: "Validate", payload }])).toEqual(["InvalidObjectType"]);
  expect(await client.refusal("Validate", { uniqueIdentifier: [uniqueIdentifier] })).toMatch(/^InvalidObjectType/);
  await new Promise((resolve) => setImmediate(resolve)); // what is rejected and waited for by nobody ends the process
  expect(domain.log.size).toBe(size);
});

describe("messages", () => {
  test("whose batch count is wrong are refused whole, and nothing of them is done", async () => {
    const size = domain.log.size;
    for (const count of [0, 1, 3, 2 ** 31 - 1, -1]) {
      const create = { operation: "Create", payload: { objectType: SymmetricKey, attributes: aes(12) } };
      const items = [1, 2].map((each) => ({ ...create, uniqueBatchItemId: Buffer.of(each) }));
      const message = encodeRequest({ version: "2.1", header: {}, items } as never);
      const at = message.indexOf(Buffer.from("42000d0200000004", "hex"));
      message.writeInt32BE(count, at + 8);
      expect(reasonsIn(await answerKmip(message, client.session))).toEqual(["InvalidMessage"]);
    }
    expect(domain.log.size).toBe(size);
  });

  test("of ten thousand items are answered or refused whole, within the size that they allow", async () => {
    const items = Array.from({ length: 10_000 }, (_, at) => {
      const uniqueBatchItemId = Buffer.alloc(4);
      uniqueBatchItemId.writeUInt32BE(at);
      return { operation: "Query", payload: { queryFunction: [1] }, uniqueBatchItemId };
    });
    for (const maximumResponseSize of [1, 8192]) {
      const message = encodeRequest({ version: "2.1", header: { maximumResponseSize }, items } as never);
      const answer = await answerKmip(message, client.session);
      expect(answer.byteLength).toBeLessThan(512);
      expect(["ResponseTooLarge", "InvalidMessage"]).toContain(reasonsIn(answer)[0]);
    }
  });

  test("whose time is past, future or out of this world are served: clients' clocks differ", async () => {
    for (const timeStamp of [0, 1, 4_102_444_800, 253_402_300_799])
      expect(await batch([{ operation: "Query", payload: { queryFunction: [1] } }], { timeStamp })).toEqual(["ok"]);
  });

  test("with a page beyond everything find nothing, and with a negative one are refused", async () => {
    await made();
    const far = { offsetItems: 2 ** 31 - 1, maximumItems: 2 ** 31 - 1, attributes: [] };
    expect((await client.ask("Locate", far)).uniqueIdentifier ?? []).toEqual([]);
    for (const page of [{ offsetItems: -1 }, { maximumItems: -(2 ** 31) }])
      expect(await client.refusal("Locate", { ...page, attributes: [] })).toMatch(/^InvalidField/);
  });

  test("an impossible date of a compromise is refused, and spoils nobody's change of the same moment", async () => {
    const other = await KmipAsker.enrol(domain);
    const uniqueIdentifier = await made();
    const revocationReason = { revocationReasonCode: ENUM.RevocationReasonCode.KeyCompromise };
    const [refused, good] = await Promise.all([
      client.refusal("Revoke", { uniqueIdentifier, revocationReason, compromiseOccurrenceDate: 2 ** 45 }),
      other.refusal("Create", { objectType: SymmetricKey, attributes: aes(12) }),
    ]);
    expect(refused).toMatch(/^InvalidField/);
    expect(good).toBe("ok");
  });
});

test("key material that is empty, too short or of another length is not taken in", async () => {
  for (const bytes of [0, 1, 16, 33]) {
    const payload = { objectType: SymmetricKey, attributes: aes(12), object: rawKey(Buffer.alloc(bytes, 1)) };
    expect(await client.refusal("Register", payload), String(bytes)).toMatch(/^Invalid/);
  }
});

describe("row 108: what may not leave", () => {
  test("leaves by no form and no wrapping, not after re-key, and by no attribute", async () => {
    const uniqueIdentifier = await made({ name: "Extractable", value: false });
    for (const keyFormatType of [undefined, ENUM.KeyFormatType.Raw, ENUM.KeyFormatType.TransparentSymmetricKey])
      expect(await client.refusal("Get", { uniqueIdentifier, keyFormatType })).toMatch(/^NotExtractable/);
    expect(await client.refusal("Export", { uniqueIdentifier })).not.toBe("ok");
    const { uniqueIdentifier: next } = await client.ask("ReKey", { uniqueIdentifier });
    expect(await client.refusal("Get", { uniqueIdentifier: next })).toMatch(/^NotExtractable/);
  });

  test("a client without the grant `get` makes nothing that leaves", async () => {
    const maker = await KmipAsker.enrol(domain, "2.1", [{ ops: ["all"], keys: { kind: "own" } }]);
    const { uniqueIdentifier } = await maker.ask("Create", { objectType: SymmetricKey, attributes: aes(12) });
    expect(await maker.refusal("Get", { uniqueIdentifier })).toMatch(/^(PermissionDenied|NotExtractable)/);
    const attributes = aes(12, { name: "Extractable", value: true });
    expect(await maker.refusal("Create", { objectType: SymmetricKey, attributes })).toMatch(/^PermissionDenied/);
  });
});

describe("row 110: use after the end of a key", () => {
  test.each(["Revoke", "compromise", "Destroy", "Archive"] as const)("by %s", async (end) => {
    const uniqueIdentifier = await made();
    const asked = { uniqueIdentifier, cryptographicParameters: gcm, data };
    const sealed = await client.ask("Encrypt", asked); // the handle is in the cache now
    const code = end === "compromise" ? "KeyCompromise" : "CessationOfOperation";
    const revocationReason = { revocationReasonCode: ENUM.RevocationReasonCode[code] };
    if (end !== "Archive") await client.ask("Revoke", { uniqueIdentifier, revocationReason });
    if (end === "Destroy") await client.ask("Destroy", { uniqueIdentifier });
    if (end === "Archive") await client.ask("Archive", { uniqueIdentifier });
    const reason =
      end === "Destroy" ? "ObjectDestroyed" : end === "Archive" ? "ObjectArchived" : "WrongKeyLifecycleState";
    expect(await client.refusal("Encrypt", asked)).toMatch(new RegExp(`^${reason}`));
    const opened = await client.refusal("Decrypt", {
      ...{ uniqueIdentifier, cryptographicParameters: gcm, data: sealed.data },
      ivCounterNonce: sealed.ivCounterNonce,
      authenticatedEncryptionTag: sealed.authenticatedEncryptionTag,
    });
    // What was protected stays readable until its key is destroyed or set aside. @see SP 800-57 section 7
    if (end === "Destroy" || end === "Archive") expect(opened).toMatch(new RegExp(`^${reason}`));
    else expect(opened).toBe("ok");
    if (end === "Destroy") expect(await client.refusal("Get", { uniqueIdentifier })).toMatch(/^ObjectDestroyed/);
  });
});

describe("row 111: who was withdrawn", () => {
  test("is refused in the message after, and ended, on an open connection", async () => {
    const leaver = await domain.enrol("leaver", EVERY);
    const listener = await startKmip({ agent: domain.agent, answer: answerKmip, listen: "127.0.0.1:0", sans: [] });
    const query = encodeRequest({
      version: "1.2",
      header: {},
      items: [{ operation: "Query", payload: { queryFunction: [1] } }],
    } as never);
    const connection = await KmipTestConnection.open(listener.url, leaver);
    expect(reasonsIn((await connection.ask(query)) ?? Buffer.alloc(0))).toEqual(["ok"]);
    domain.revoke(leaver.id);
    connection.send(query);
    const last = await connection.receive();
    if (last !== null) expect(reasonsIn(last)).toEqual(["AuthenticationNotSuccessful"]);
    expect((await connection.ended()).length).toBe(0);
    await listener.close();
  });
});

test("row 112: a client that makes too much is held back in KMIP's words, and no other client is", async () => {
  const greedy = await KmipAsker.enrol(domain);
  const create = { operation: "Create", payload: { objectType: SymmetricKey, attributes: aes(12) } } as const;
  const reasons: string[] = [];
  for (let round = 0; round < 12 && !reasons.includes("ServerLimitExceeded"); round += 1)
    reasons.push(...(await Promise.all(Array.from({ length: 200 }, () => batch([create], {}, greedy)))).flat());
  expect(reasons).toContain("ServerLimitExceeded");
  expect(reasons.filter((each) => each === "ok").length).toBeGreaterThanOrEqual(1000);
  expect(await batch([create])).toEqual(["ok"]);
});

test("row 146: no client moves an object into another group, where others' grants or its own would reach it", async () => {
  const uniqueIdentifier = await made();
  for (const operation of ["ModifyAttribute", "SetAttribute", "AddAttribute"] as const)
    await client.refusal(operation, { uniqueIdentifier, attribute: { name: "ObjectGroup", value: "payments" } });
  const { group } = domain.operations.describeObject(client.session.caller, uniqueIdentifier);
  expect(group).toBe("default");
});

test("row 147: a client takes neither a name nor an alias that leads others to another object", async () => {
  const { id } = domain.createKey({ alias: "alias/payments" });
  const reader = await KmipAsker.enrol(domain, "2.1", [
    { ops: ["encrypt", "locate"], keys: { kind: "key", id } },
    { ops: EVERYTHING, keys: { kind: "own" } },
  ]);
  const own = await reader
    .ask("Create", { objectType: SymmetricKey, attributes: aes(12, nameOf("alias/payments")) })
    .then(
      ({ uniqueIdentifier }) => String(uniqueIdentifier),
      () => null,
    );
  const asked = { uniqueIdentifier: "alias/payments", cryptographicParameters: gcm, data };
  await client.refusal("Encrypt", asked);
  expect(own === null || own !== identifierOf(id)).toBe(true);
  expect(domain.keystore.findKeyByAlias("alias/payments", "default")?.id).toBe(id);
  const victim = await made(nameOf("ledger"));
  expect(await client.refusal("Create", { objectType: SymmetricKey, attributes: aes(12, nameOf("ledger")) })).toMatch(
    /^NonUniqueNameAttribute/,
  );
  const other = await made();
  expect(await client.refusal("AddAttribute", { uniqueIdentifier: other, attribute: nameOf("ledger") })).toMatch(
    /^NonUniqueNameAttribute/,
  );
  expect((await client.ask("Locate", { attributes: [nameOf("ledger")] })).uniqueIdentifier).toEqual([victim]);
});

test("row 148: a key that somebody knows wraps nothing, and no key wraps itself", async () => {
  const known = randomBytes(32);
  const { uniqueIdentifier: kek } = await client.ask("Register", {
    ...{ objectType: SymmetricKey, attributes: aes(0x10), object: rawKey(known) },
  });
  const never = await made({ name: "Extractable", value: false });
  const open = await made();
  const { uniqueIdentifier: wrapping } = await client.ask("Create", {
    objectType: SymmetricKey,
    attributes: aes(0x10),
  });
  const wrappedBy = (uniqueIdentifier: unknown) => ({
    wrappingMethod: ENUM.WrappingMethod.Encrypt,
    encryptionKeyInformation: {
      uniqueIdentifier: String(uniqueIdentifier),
      cryptographicParameters: { blockCipherMode: ENUM.BlockCipherMode.NISTKeyWrap },
    },
    encodingOption: ENUM.EncodingOption.NoEncoding,
  });
  const get = (uniqueIdentifier: unknown, by: unknown) =>
    client.refusal("Get", { uniqueIdentifier: String(uniqueIdentifier), keyWrappingSpecification: wrappedBy(by) });
  expect(await get(open, wrapping)).toBe("ok");
  expect(await get(never, kek)).toMatch(/^NotExtractable/);
  expect(await get(never, wrapping)).toMatch(/^NotExtractable/);
  expect(await get(open, kek)).toMatch(/^PermissionDenied/);
  expect(await get(wrapping, wrapping)).toMatch(/^PermissionDenied/);
});

test("row 149: what is derived from a key that may not leave may not leave either", async () => {
  const base = await made({ name: "Extractable", value: false });
  const { uniqueIdentifier: deriving } = await client.ask("Create", {
    ...{ objectType: SymmetricKey, attributes: aes(0x200, { name: "Extractable", value: false }) },
  });
  const derive = (uniqueIdentifier: unknown, more: Attribute[]) => ({
    objectType: SymmetricKey,
    uniqueIdentifier: [String(uniqueIdentifier)],
    derivationMethod: ENUM.DerivationMethod.HKDF,
    derivationParameters: { cryptographicParameters: { hashingAlgorithm: ENUM.HashingAlgorithm.SHA_256 } },
    attributes: aes(12, ...more),
  });
  expect(await client.refusal("DeriveKey", derive(base, []))).toMatch(/^IncompatibleCryptographicUsageMask/);
  const asked = client.ask("DeriveKey", derive(deriving, [{ name: "Extractable", value: true }]));
  const derived = await asked.then(
    ({ uniqueIdentifier }) => uniqueIdentifier,
    () => null,
  );
  if (derived !== null) expect(await client.refusal("Get", { uniqueIdentifier: derived })).toMatch(/^NotExtractable/);
  const { uniqueIdentifier: silent } = await client.ask("DeriveKey", derive(deriving, []));
  expect(await client.refusal("Get", { uniqueIdentifier: silent })).toMatch(/^NotExtractable/);
});

test("row 150: nothing in KMIP gives a principal a right", async () => {
  const other = await KmipAsker.enrol(domain);
  const clients = JSON.stringify([...domain.keystore.clients()]);
  const short = [{ name: "CryptographicLength", value: 128 }] as const;
  const rules = [
    { objectTypes: [SymmetricKey], attributes: [...short, { name: "Extractable", value: true } as const] },
  ];
  await client.ask("SetConstraints", { constraints: rules });
  await client.ask("SetDefaults", { defaultsInformation: rules });
  const { uniqueIdentifier } = await other.ask("Create", { objectType: SymmetricKey, attributes: aes(12) });
  expect((await other.ask("GetAttributes", { uniqueIdentifier })).attributes).toContainEqual({
    name: "CryptographicLength",
    value: 256,
  });
  expect(JSON.stringify([...domain.keystore.clients()])).toBe(clients);
  await client.ask("SetConstraints", { constraints: [] });
  await client.ask("SetDefaults", {});
});

test("row 151: credentials in a message make nobody another client", async () => {
  const uniqueIdentifier = await made();
  const other = await KmipAsker.enrol(domain);
  const { label } = client.session.caller.client;
  const header = {
    authentication: {
      credential: [{ type: "UsernameAndPassword", value: { username: label, password: "x" } }],
    },
  };
  const get = { operation: "Get", payload: { uniqueIdentifier } } as const;
  expect(await batch([get], header as never, other)).toEqual(await batch([get], {}, other));
});

test("row 164: a name with control characters is kept, comes back as it was, and breaks no log", async () => {
  const odd = 'line\nbreak\u0007\u001b[31m\u202e"end';
  const uniqueIdentifier = await made(nameOf(odd));
  expect((await client.ask("Locate", { attributes: [nameOf(odd)] })).uniqueIdentifier).toEqual([uniqueIdentifier]);
  expect(newestLeaves(domain, 1)).toHaveLength(1);
  for (const line of log) expect(line).not.toContain("\u001b");
});

test("secrets are in no log line and in no refusal", async () => {
  const secret = randomBytes(32);
  const payload = { objectType: SymmetricKey, attributes: aes(12), object: rawKey(secret) };
  const { uniqueIdentifier } = await client.ask("Register", payload);
  const said = [
    await client.refusal("Register", { ...payload, attributes: aes(12, ...aes(12)) }),
    await client.refusal("Register", { ...payload, object: rawKey(Buffer.concat([secret, secret.subarray(0, 7)])) }),
    await client.refusal("MAC", { uniqueIdentifier, data: secret }),
    await client.refusal("Decrypt", {
      uniqueIdentifier,
      cryptographicParameters: gcm,
      data: secret,
      ivCounterNonce: secret.subarray(20),
    }),
    ...log,
  ].join("\n");
  for (const encoding of ["hex", "base64", "base64url", "latin1"] as const)
    expect(said).not.toContain(secret.subarray(0, 12).toString(encoding).slice(0, 12));
});
