import { ENUM, type OperationName, type RequestPayload } from "@holdfast/kmip";
import { LEGACY_ALGORITHMS } from "@holdfast/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../logger.ts";
import { uuidOfKeyId } from "../../operations/object-uuid.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { KmipAsker } from "./testing/ask-kmip.ts";

let domain: TestDomain;
let client: KmipAsker;
let keys: string[];
const usable = new Map<string, string[]>();
const log: string[] = [];
beforeAll(async () => {
  domain = await openTestDomain({ logger: createLogger((line) => log.push(line)) });
  domain.apply("crypto.allow", { algorithms: [...LEGACY_ALGORITHMS] });
  client = await KmipAsker.enrol(domain);
  const { operations } = domain;
  const { caller } = client.session;
  const dates = { activation: "now" } as const;
  const secret = await Promise.all([
    ...["AES-128", "AES-256", "3DES", "AES-256-XTS", "ChaCha20", "ChaCha20-Poly1305"].map((algorithm) =>
      operations.createObject(caller, { algorithm, usage: ["encrypt", "decrypt"], dates }),
    ),
    operations.createObject(caller, {
      algorithm: "AES-256",
      usage: ["mac", "verifymac", "derive"],
      extractable: true,
      dates,
    }),
    operations.createObject(caller, { algorithm: "HMAC-SHA256", usage: ["mac", "verifymac", "derive"], dates }),
  ]);
  const pairs = await Promise.all([
    ...[["sign"], ["decrypt"]].map((usage) =>
      operations.createPair(caller, {
        algorithm: "RSA-2048",
        privateKey: { usage: usage as ["sign"], dates },
        publicKey: { usage: usage[0] === "sign" ? ["verify"] : ["encrypt"], dates },
      }),
    ),
    operations.createPair(caller, {
      algorithm: "EC-P256",
      privateKey: { usage: ["sign"], dates },
      publicKey: { usage: ["verify"], dates },
    }),
    operations.createPair(caller, {
      algorithm: "Ed25519",
      privateKey: { usage: ["sign"], dates },
      publicKey: { usage: ["verify"], dates },
    }),
    operations.createPair(caller, {
      algorithm: "ML-DSA-44",
      privateKey: { usage: ["sign"], dates },
      publicKey: { usage: ["verify"], dates },
    }),
  ]);
  const views = [...secret, ...pairs.flatMap(({ privateKey, publicKey }) => [privateKey, publicKey])];
  for (const { id, usage } of views)
    for (const each of usage) usable.set(each, [...(usable.get(each) ?? []), uuidOfKeyId(id)]);
  keys = views.map(({ id }) => uuidOfKeyId(id));
}, 60_000);
afterAll(() => domain.close());

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 20 });
const { CBC, GCM, CTR } = ENUM.BlockCipherMode;
const { PSS, PKCS5, OAEP } = ENUM.PaddingMethod;
const { SHA_256 } = ENUM.HashingAlgorithm;
/** A value of an enumeration, often a usual one, sometimes none that there is. */
const value = (table: Readonly<Record<string, number>>, ...usual: number[]) =>
  fc.oneof(
    { weight: usual.length === 0 ? 0 : 6, arbitrary: fc.constantFrom(...(usual.length === 0 ? [0] : usual)) },
    { weight: 3, arbitrary: fc.constantFrom(...Object.values(table)) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
  );
const number = seldom(fc.oneof(fc.integer({ min: -3, max: 40 }), fc.integer()));
const bytes = (maxLength: number) =>
  fc.oneof(
    fc.uint8Array({ maxLength }),
    fc.constantFrom(8, 12, 16, 32, 256).map((size) => new Uint8Array(size)),
  );
const parameters = fc.record({
  blockCipherMode: mostly(value(ENUM.BlockCipherMode, CBC, GCM, CTR)),
  paddingMethod: mostly(value(ENUM.PaddingMethod, PSS, PKCS5, OAEP)),
  hashingAlgorithm: maybe(value(ENUM.HashingAlgorithm, SHA_256)),
  digitalSignatureAlgorithm: seldom(value(ENUM.DigitalSignatureAlgorithm)),
  cryptographicAlgorithm: seldom(value(ENUM.CryptographicAlgorithm)),
  randomIv: maybe(fc.boolean()),
  ...{ ivLength: number, tagLength: number, initialCounterValue: number, saltLength: number },
  maskGenerator: seldom(value(ENUM.MaskGenerator)),
  maskGeneratorHashingAlgorithm: seldom(value(ENUM.HashingAlgorithm)),
  pSource: seldom(bytes(40)),
});
const payload = fc.record({
  key: fc.nat(),
  cryptographicParameters: mostly(parameters),
  ...{ data: mostly(bytes(300)), digestedData: seldom(bytes(64)), ivCounterNonce: maybe(bytes(40)) },
  ...{ signatureData: mostly(bytes(300)), macData: mostly(bytes(64)) },
  authenticatedEncryptionAdditionalData: seldom(bytes(40)),
  authenticatedEncryptionTag: maybe(bytes(20)),
  ...{ initIndicator: seldom(fc.boolean()), finalIndicator: seldom(fc.boolean()), correlationValue: seldom(bytes(16)) },
});
const OPERATIONS = ["Encrypt", "Decrypt", "Sign", "SignatureVerify", "MAC", "MACVerify", "Hash"] as const;

/** Fields that the operation does not have would be refused before it is reached. */
const FIELDS: Readonly<Record<(typeof OPERATIONS)[number], readonly string[]>> = {
  Encrypt: ["ivCounterNonce", "authenticatedEncryptionAdditionalData"],
  Decrypt: ["ivCounterNonce", "authenticatedEncryptionAdditionalData", "authenticatedEncryptionTag"],
  Sign: ["digestedData"],
  SignatureVerify: ["digestedData", "signatureData"],
  MAC: [],
  MACVerify: ["macData"],
  Hash: [],
};
const USAGES: Readonly<Record<(typeof OPERATIONS)[number], string>> = {
  Encrypt: "encrypt",
  Decrypt: "decrypt",
  Sign: "sign",
  SignatureVerify: "verify",
  MAC: "mac",
  MACVerify: "verifymac",
  Hash: "",
};
const COMMON = ["data", "cryptographicParameters", "initIndicator", "finalIndicator", "correlationValue"];

test("whatever a client asks of a key is done or refused in KMIP's words; nothing fails inside", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...OPERATIONS), payload, async (operation, { key, ...given }) => {
      const known = Object.entries(given).filter(([name]) => COMMON.includes(name) || FIELDS[operation].includes(name));
      const fit = key % 10 === 0 ? keys : (usable.get(USAGES[operation]) ?? keys);
      const about = operation === "Hash" ? {} : { uniqueIdentifier: fit[key % fit.length] };
      const sent: Record<string, unknown> = { ...Object.fromEntries(known), ...about };
      if (operation === "Hash") sent["cryptographicParameters"] ??= {};
      const outcome = await client.refusal(operation as OperationName, sent as RequestPayload<OperationName>);
      expect(outcome).not.toContain("failed inside");
    }),
    { numRuns: 3000 },
  );
  expect(log.filter((line) => line.includes("fault"))).toEqual([]);
}, 120_000);

test("whatever a client asks to be derived or split is made or refused in KMIP's words", async () => {
  const derivation = fc.record({
    derivationMethod: fc.oneof(
      fc.constantFrom(...Object.values(ENUM.DerivationMethod)),
      fc.integer({ min: 0, max: 30 }),
    ),
    derivationParameters: fc.record({
      cryptographicParameters: maybe(parameters),
      ...{ initializationVector: maybe(bytes(40)), derivationData: maybe(bytes(100)), salt: maybe(bytes(40)) },
      iterationCount: maybe(fc.integer({ min: -2, max: 3000 })),
    }),
    length: maybe(fc.oneof(fc.constantFrom(128, 192, 256), fc.integer({ min: -8, max: 5000 }))),
    algorithm: maybe(value(ENUM.CryptographicAlgorithm, ENUM.CryptographicAlgorithm.AES)),
    objectType: fc.constantFrom(1, 2, 4, 7),
    ...{
      key: fc.nat(),
      parts: fc.integer({ min: -1, max: 300 }),
      threshold: fc.integer({ min: -1, max: 300 }),
      method: fc.integer({ min: 0, max: 6 }),
    },
    prime: maybe(bytes(70)),
  });
  await fc.assert(
    fc.asyncProperty(
      derivation,
      async ({ key, length, algorithm, objectType, parts, threshold, method, prime, ...asked }) => {
        const uniqueIdentifier = keys[key % keys.length] as string;
        const attributes = [
          ...(length === undefined ? [] : [{ name: "CryptographicLength", value: length } as const]),
          ...(algorithm === undefined ? [] : [{ name: "CryptographicAlgorithm", value: algorithm } as const]),
          { name: "CryptographicUsageMask", value: 12 } as const,
        ];
        const derived = { ...asked, objectType, uniqueIdentifier: [uniqueIdentifier], attributes };
        expect(await client.refusal("DeriveKey", derived)).not.toContain("failed inside");
        const padded = prime && Buffer.concat([Buffer.alloc(8 - (prime.length % 8)), prime]);
        const split = {
          objectType,
          splitKeyParts: parts % 12,
          splitKeyThreshold: threshold % 12,
          splitKeyMethod: method,
          attributes: [],
          primeFieldSize: padded,
        };
        expect(await client.refusal("CreateSplitKey", { ...split, uniqueIdentifier: keys[6] })).not.toContain(
          "failed inside",
        );
      },
    ),
    { numRuns: 300 },
  );
  expect(log.filter((line) => line.includes("fault"))).toEqual([]);
}, 120_000);
