import { type CryptographicParameters, ENUM } from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NewObject, Registration } from "../../operations/new-object.ts";
import { uuidOfKeyId } from "../../operations/object-uuid.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { KmipAsker } from "./testing/ask-kmip.ts";

const B = ENUM.BlockCipherMode;
const P = ENUM.PaddingMethod;
const H = ENUM.HashingAlgorithm;
const CBC = { blockCipherMode: B.CBC, paddingMethod: P.PKCS5, cryptographicAlgorithm: ENUM.CryptographicAlgorithm.AES };
const CBC_RANDOM = { ...CBC, randomIv: true };
const GCM_RANDOM = { blockCipherMode: B.GCM, randomIv: true };
const data = Buffer.from("attack at dawn, and not a moment before");

let domain: TestDomain;
let client: KmipAsker;
let other: KmipAsker;
beforeAll(async () => {
  domain = await openTestDomain();
  client = await KmipAsker.enrol(domain);
  other = await KmipAsker.enrol(domain);
});
afterAll(() => domain.close());

const key = async (item: Partial<NewObject> = {}): Promise<string> => {
  const usual = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], dates: { activation: "now" } } as const;
  return uuidOfKeyId((await domain.operations.createObject(client.session.caller, { ...usual, ...item })).id);
};
const registered = async (item: Registration): Promise<string> =>
  uuidOfKeyId((await domain.operations.registerObject(client.session.caller, item)).id);
const legacy = (...algorithms: string[]) => domain.apply("crypto.allow", { algorithms });
const at = (version: KmipAsker["version"], asker: KmipAsker = client) => new KmipAsker(asker.session, version);

describe("encryption", () => {
  test("with a random IV gives the IV, and opens with it, in the version of each client", async () => {
    const uniqueIdentifier = await key();
    for (const version of ["1.2", "1.4", "2.1"] as const) {
      const made = await at(version).ask("Encrypt", { uniqueIdentifier, cryptographicParameters: CBC_RANDOM, data });
      expect(made.ivCounterNonce).toHaveLength(16);
      const opened = await at(version).ask("Decrypt", {
        ...{ uniqueIdentifier, cryptographicParameters: CBC, data: made.data },
        ivCounterNonce: made.ivCounterNonce,
      });
      expect(opened.data).toEqual(data);
    }
  });

  test("that authenticates gives its tag beside the data, and before 1.4 at its end", async () => {
    const uniqueIdentifier = await key();
    const aad = Buffer.from("page 7");
    const cryptographicParameters = GCM_RANDOM;
    const made = await client.ask("Encrypt", {
      ...{ uniqueIdentifier, cryptographicParameters, data },
      authenticatedEncryptionAdditionalData: aad,
    });
    expect([made.data?.length, made.ivCounterNonce?.length, made.authenticatedEncryptionTag?.length]).toEqual([
      data.length,
      12,
      16,
    ]);
    const { data: sealed, ivCounterNonce, authenticatedEncryptionTag } = made;
    const sent = { uniqueIdentifier, cryptographicParameters, data: sealed, ivCounterNonce };
    const opened = await client.ask("Decrypt", {
      ...sent,
      authenticatedEncryptionTag,
      authenticatedEncryptionAdditionalData: aad,
    });
    expect(opened.data).toEqual(data);
    const old = await at("1.3").ask("Encrypt", { uniqueIdentifier, cryptographicParameters, data });
    expect(old.data).toHaveLength(data.length + 16);
    const again = { uniqueIdentifier, cryptographicParameters, data: old.data, ivCounterNonce: old.ivCounterNonce };
    expect((await at("1.3").ask("Decrypt", again)).data).toEqual(data);
  });

  test("without an IV is refused unless Random IV is asked for, and a chosen one unless the domain permits it", async () => {
    const uniqueIdentifier = await key();
    const given = { uniqueIdentifier, cryptographicParameters: CBC, data };
    expect(await client.refusal("Encrypt", given)).toMatch(/^InvalidMessage: /);
    const iv = { ...given, ivCounterNonce: Buffer.alloc(16, 9) };
    expect(await client.refusal("Encrypt", iv)).toMatch(/^BadCryptographicParameters: /);
    legacy("given-iv");
    const made = await client.ask("Encrypt", iv);
    expect(made.ivCounterNonce).toBeUndefined();
    legacy();
  });

  test("under GCM with an IV that the key has had is refused, whatever the data", async () => {
    legacy("given-iv");
    const uniqueIdentifier = await key();
    const sent = {
      uniqueIdentifier,
      cryptographicParameters: { blockCipherMode: B.GCM },
      ivCounterNonce: Buffer.alloc(12, 1),
    };
    expect(await client.refusal("Encrypt", { ...sent, data })).toBe("ok");
    expect(await client.refusal("Encrypt", { ...sent, data: Buffer.from("another") })).toMatch(
      /^BadCryptographicParameters: /,
    );
    legacy();
  });

  test("takes the object's own parameters where the request has none, and the request's where it has", async () => {
    const bag = {
      "kmip:CryptographicParameters": [
        { i: 1, v: GCM_RANDOM },
        { i: 0, v: CBC_RANDOM },
      ],
    };
    const uniqueIdentifier = await key({ attributes: bag });
    expect((await client.ask("Encrypt", { uniqueIdentifier, data })).ivCounterNonce).toHaveLength(16);
    const own = await client.ask("Encrypt", { uniqueIdentifier, cryptographicParameters: GCM_RANDOM, data });
    expect(own.ivCounterNonce).toHaveLength(12);
    const none = await key();
    expect(await client.refusal("Encrypt", { uniqueIdentifier: none, data })).toMatch(/^BadCryptographicParameters: /);
  });

  test("by clients that put the IV before the ciphertext opens: the plaintext is behind the first block", async () => {
    const uniqueIdentifier = await key();
    const cryptographicParameters = CBC_RANDOM;
    const made = await client.ask("Encrypt", { uniqueIdentifier, cryptographicParameters, data });
    const file = Buffer.concat([made.ivCounterNonce ?? data, made.data ?? data]);
    const opened = await client.ask("Decrypt", { uniqueIdentifier, cryptographicParameters, data: file });
    expect(Buffer.from(opened.data ?? data).subarray(16)).toEqual(data);
    const silent = { uniqueIdentifier, cryptographicParameters: CBC, data: file };
    expect(await client.refusal("Decrypt", silent)).toMatch(/^InvalidMessage: /);
  });

  test("of legacy kinds is refused until the domain permits each by name", async () => {
    const uniqueIdentifier = await key();
    const sent = {
      uniqueIdentifier,
      cryptographicParameters: { blockCipherMode: B.ECB, paddingMethod: P.PKCS5 },
      data,
    };
    expect(await client.refusal("Encrypt", sent)).toMatch(/^UnsupportedCryptographicParameters: /);
    legacy("ECB");
    expect(await client.refusal("Encrypt", sent)).toBe("ok");
    legacy();
  });
});

describe("what does not open", () => {
  test("has one reason and one wording, whether padding, length, tag or key is wrong", async () => {
    const [uniqueIdentifier, another] = [await key(), await key()];
    const made = await client.ask("Encrypt", { uniqueIdentifier, cryptographicParameters: CBC_RANDOM, data });
    const sent = {
      uniqueIdentifier,
      cryptographicParameters: CBC,
      data: made.data,
      ivCounterNonce: made.ivCounterNonce,
    };
    const changed = (offset: number) => {
      const copy = Buffer.from(made.data ?? data);
      copy[copy.length - offset] = (copy[copy.length - offset] as number) ^ 1;
      return copy;
    };
    const outcomes = new Set<string>();
    for (const offset of [17, 18, 20, 31])
      outcomes.add(await client.refusal("Decrypt", { ...sent, data: changed(offset) }));
    outcomes.add(await client.refusal("Decrypt", { ...sent, data: changed(1).subarray(1) }));
    outcomes.add(await client.refusal("Decrypt", { ...sent, data: Buffer.alloc(0) }));
    outcomes.add(await client.refusal("Decrypt", { ...sent, uniqueIdentifier: another }));
    const sealed = await client.ask("Encrypt", { uniqueIdentifier, cryptographicParameters: GCM_RANDOM, data });
    const tagged = {
      uniqueIdentifier,
      cryptographicParameters: { blockCipherMode: B.GCM },
      data: sealed.data,
      ivCounterNonce: sealed.ivCounterNonce,
    };
    for (const authenticatedEncryptionTag of [Buffer.alloc(16), Buffer.alloc(3), Buffer.alloc(12)])
      outcomes.add(await client.refusal("Decrypt", { ...tagged, authenticatedEncryptionTag }));
    outcomes.delete("ok"); // a changed byte of CBC may well leave the padding whole
    expect([...outcomes]).toEqual(["CryptographicFailure: The ciphertext does not open."]);
  });

  test("under RSA PKCS #1 v1.5 tells nothing: a wrong padding gives random bytes, never a refusal", async () => {
    legacy("RSA-PKCS1");
    const pair = await domain.operations.createPair(client.session.caller, {
      algorithm: "RSA-2048",
      privateKey: { usage: ["decrypt"], dates: { activation: "now" } },
      publicKey: { usage: ["encrypt"], dates: { activation: "now" } },
    });
    const cryptographicParameters = { paddingMethod: P.PKCS1V1_5 };
    const uniqueIdentifier = uuidOfKeyId(pair.publicKey.id);
    const made = await client.ask("Encrypt", { uniqueIdentifier, cryptographicParameters, data });
    const sent = { uniqueIdentifier: uuidOfKeyId(pair.privateKey.id), cryptographicParameters };
    expect((await client.ask("Decrypt", { ...sent, data: made.data })).data).toEqual(data);
    const guess = Buffer.from(made.data ?? data);
    guess[200] = (guess[200] as number) ^ 0x40;
    expect(await client.refusal("Decrypt", { ...sent, data: guess })).toBe("ok");
    legacy();
  });
});

describe("signatures", () => {
  const pairOf = async (algorithm: string) => {
    const pair = await domain.operations.createPair(client.session.caller, {
      algorithm,
      privateKey: { usage: ["sign"], dates: { activation: "now" } },
      publicKey: { usage: ["verify"], dates: { activation: "now" } },
    });
    return { signs: uuidOfKeyId(pair.privateKey.id), verifies: uuidOfKeyId(pair.publicKey.id) };
  };
  const SHA = { hashingAlgorithm: H.SHA_256 };

  test.each([
    ["RSA-2048", { ...SHA, paddingMethod: P.PSS }],
    ["RSA-2048", { digitalSignatureAlgorithm: ENUM.DigitalSignatureAlgorithm.SHA_384WithRSAEncryptionPKCS_1V1_5 }],
    ["EC-P256", {}],
    ["EC-P384", { digitalSignatureAlgorithm: ENUM.DigitalSignatureAlgorithm.ECDSAWithSHA384 }],
    ["Ed25519", {}],
  ] as const)(
    "of %s with %j are valid for their data, and invalid for other data",
    async (algorithm, cryptographicParameters) => {
      const { signs, verifies } = await pairOf(algorithm);
      const { signatureData } = await client.ask("Sign", { uniqueIdentifier: signs, cryptographicParameters, data });
      const sent = { uniqueIdentifier: verifies, cryptographicParameters, signatureData };
      expect((await client.ask("SignatureVerify", { ...sent, data })).validityIndicator).toBe(
        ENUM.ValidityIndicator.Valid,
      );
      const wrong = await client.ask("SignatureVerify", { ...sent, data: Buffer.from("other") });
      expect(wrong.validityIndicator).toBe(ENUM.ValidityIndicator.Invalid);
      expect(await client.refusal("Sign", { uniqueIdentifier: verifies, cryptographicParameters, data })).toMatch(
        /^IncompatibleCryptographicUsageMask: /,
      );
    },
  );

  test("over a digest are those over its data, and so are those in parts", async () => {
    const { signs, verifies } = await pairOf("EC-P256");
    const cryptographicParameters = SHA;
    const { data: digestedData } = await client.ask("Hash", { cryptographicParameters, data });
    const { signatureData } = await client.ask("Sign", {
      uniqueIdentifier: signs,
      cryptographicParameters,
      digestedData,
    });
    const first = await client.ask("SignatureVerify", {
      ...{ uniqueIdentifier: verifies, cryptographicParameters, data: data.subarray(0, 5) },
      initIndicator: true,
    });
    const last = await client.ask("SignatureVerify", {
      ...{ uniqueIdentifier: verifies, data: data.subarray(5), signatureData },
      ...{ correlationValue: first.correlationValue, finalIndicator: true },
    });
    expect(last.validityIndicator).toBe(ENUM.ValidityIndicator.Valid);
    expect(
      await client.refusal("Sign", { uniqueIdentifier: signs, cryptographicParameters, data, digestedData }),
    ).toMatch(/^InvalidMessage: /);
  });
});

describe("authentication codes", () => {
  test("are right for their key and data, of HMAC and CMAC, and under an AES key of a named HMAC", async () => {
    const aes = await key({ usage: ["mac", "verifymac"] });
    const hmac = await key({ algorithm: "HMAC-SHA256", usage: ["mac", "verifymac"] });
    const named = { cryptographicAlgorithm: ENUM.CryptographicAlgorithm.HMAC_SHA512 };
    const sizes: (number | undefined)[] = [];
    for (const [uniqueIdentifier, cryptographicParameters] of [
      [aes, undefined],
      [hmac, undefined],
      [aes, named],
    ] as const) {
      const { macData } = await client.ask("MAC", { uniqueIdentifier, cryptographicParameters, data });
      sizes.push(macData?.length);
      const sent = { uniqueIdentifier, cryptographicParameters, macData };
      expect((await client.ask("MACVerify", { ...sent, data })).validityIndicator).toBe(ENUM.ValidityIndicator.Valid);
      const wrong = await client.ask("MACVerify", { ...sent, data: Buffer.from("other") });
      expect(wrong.validityIndicator).toBe(ENUM.ValidityIndicator.Invalid);
    }
    expect(sizes).toEqual([16, 32, 64]);
  });
});

describe("random bytes", () => {
  test("are as many as asked for, and seeds are taken whole; neither without the grant", async () => {
    expect((await client.ask("RNGRetrieve", { dataLength: 32 })).data).toHaveLength(32);
    expect(await client.ask("RNGSeed", { data: Buffer.alloc(32, 5) })).toEqual({ dataLength: 32 });
    expect((await client.ask("RNGRetrieve", { dataLength: 32 })).data).toHaveLength(32);
    expect(await client.refusal("RNGRetrieve", { dataLength: 1_000_000 })).toMatch(/^InvalidField: /);
    const plain = await KmipAsker.enrol(domain, "1.4", [{ ops: ["encrypt"], keys: { kind: "own" } }]);
    expect(await plain.refusal("RNGRetrieve", { dataLength: 32 })).toMatch(/^PermissionDenied: /);
    expect(await plain.refusal("RNGSeed", { data: Buffer.alloc(32) })).toMatch(/^PermissionDenied: /);
  });
});

describe("another client's key", () => {
  test("is in every operation exactly as one that does not exist", async () => {
    const mine = await key({ usage: ["encrypt", "decrypt", "mac", "verifymac", "derive"] });
    const absent = "0123abcd-0123-8123-8123-0123456789ab";
    const parameters = { cryptographicParameters: CBC_RANDOM };
    const derivation = {
      ...{ objectType: ENUM.ObjectType.SymmetricKey, derivationMethod: ENUM.DerivationMethod.HMAC },
      ...{
        derivationParameters: { derivationData: data },
        attributes: [
          { name: "CryptographicAlgorithm", value: 3 },
          { name: "CryptographicLength", value: 256 },
        ] as const,
      },
    };
    const split = {
      objectType: 2,
      splitKeyParts: 3,
      splitKeyThreshold: 2,
      splitKeyMethod: ENUM.SplitKeyMethod.PolynomialSharingGF2_8,
      attributes: [],
    };
    for (const version of ["1.4", "2.1"] as const) {
      const asker = at(version, other);
      const refusals = (uniqueIdentifier: string) =>
        Promise.all([
          asker.refusal("Encrypt", { uniqueIdentifier, ...parameters, data }),
          asker.refusal("Encrypt", { uniqueIdentifier, ...parameters, data, initIndicator: true }),
          asker.refusal("Decrypt", { uniqueIdentifier, ...parameters, data }),
          asker.refusal("Sign", { uniqueIdentifier, data }),
          asker.refusal("SignatureVerify", { uniqueIdentifier, data, signatureData: data }),
          asker.refusal("MAC", { uniqueIdentifier, data }),
          asker.refusal("MAC", { uniqueIdentifier, data, initIndicator: true }),
          asker.refusal("MACVerify", { uniqueIdentifier, data, macData: data }),
          asker.refusal("DeriveKey", { uniqueIdentifier: [uniqueIdentifier], ...derivation }),
          asker.refusal("CreateSplitKey", { uniqueIdentifier, ...split }),
          asker.refusal("JoinSplitKey", { uniqueIdentifier: [uniqueIdentifier], objectType: 2 }),
        ]);
      const [theirs, none] = [await refusals(mine), await refusals(absent)];
      expect(theirs).toEqual(none);
      expect(new Set(theirs.map((each) => each.split(":")[0]))).toEqual(
        new Set([version === "1.4" ? "ItemNotFound" : "ObjectNotFound"]),
      );
    }
  });
});

describe("an operation in parts", () => {
  const begin = async (uniqueIdentifier: string, parameters: CryptographicParameters = GCM_RANDOM) =>
    client.ask("Encrypt", {
      uniqueIdentifier,
      cryptographicParameters: parameters,
      data: data.subarray(0, 7),
      initIndicator: true,
    });

  test("gives what the whole gives", async () => {
    const uniqueIdentifier = await key();
    for (const parameters of [GCM_RANDOM, CBC_RANDOM]) {
      const first = await begin(uniqueIdentifier, parameters);
      const { correlationValue } = first;
      const second = await client.ask("Encrypt", { uniqueIdentifier, data: data.subarray(7, 20), correlationValue });
      const last = await client.ask("Encrypt", { data: data.subarray(20), correlationValue, finalIndicator: true });
      expect([second.ivCounterNonce, last.correlationValue]).toEqual([undefined, undefined]);
      const sealed = Buffer.concat([first, second, last].map((each) => Buffer.from(each.data ?? [])));
      const { ivCounterNonce } = first;
      const sent = { uniqueIdentifier, cryptographicParameters: { ...parameters, randomIv: false }, ivCounterNonce };
      const whole = await client.ask("Decrypt", {
        ...sent,
        data: sealed,
        authenticatedEncryptionTag: last.authenticatedEncryptionTag,
      });
      expect(whole.data).toEqual(data);
      const opening = await client.ask("Decrypt", { ...sent, data: sealed.subarray(0, 21), initIndicator: true });
      if (parameters === GCM_RANDOM) expect(opening.data).toBeUndefined();
      const opened = await client.ask("Decrypt", {
        ...{ data: sealed.subarray(21), correlationValue: opening.correlationValue, finalIndicator: true },
        authenticatedEncryptionTag: last.authenticatedEncryptionTag,
      });
      expect(Buffer.concat([Buffer.from(opening.data ?? []), Buffer.from(opened.data ?? [])])).toEqual(data);
    }
  });

  test("is for every other client, object and operation as one that does not exist, and ends once", async () => {
    const [uniqueIdentifier, another] = [await key(), await key()];
    const { correlationValue } = await begin(uniqueIdentifier);
    const made = Buffer.alloc(16, 3);
    expect(await other.refusal("Encrypt", { data, correlationValue })).toBe(
      await other.refusal("Encrypt", { data, correlationValue: made }),
    );
    expect(await other.refusal("Encrypt", { data, correlationValue })).toMatch(/^InvalidCorrelationValue: /);
    expect(await at("1.4", other).refusal("Encrypt", { data, correlationValue })).toMatch(/^ItemNotFound: /);
    expect(await client.refusal("MAC", { data, correlationValue })).toMatch(/^InvalidCorrelationValue: /);
    expect(await client.refusal("Encrypt", { data, correlationValue })).toBe("ok");
    expect(await client.refusal("Encrypt", { data, correlationValue, finalIndicator: true })).toBe("ok");
    expect(await client.refusal("Encrypt", { data, correlationValue, finalIndicator: true })).toMatch(
      /^InvalidCorrelationValue: /,
    );
    const again = await begin(uniqueIdentifier);
    const mixed = { uniqueIdentifier: another, data, correlationValue: again.correlationValue };
    expect(await client.refusal("Encrypt", mixed)).toMatch(/^InvalidCorrelationValue: /);
  });

  test("ends with its key: a part after the key was revoked is refused", async () => {
    const uniqueIdentifier = await key();
    const { correlationValue } = await begin(uniqueIdentifier);
    const signing = { uniqueIdentifier: await key({ usage: ["mac"] }), data, initIndicator: true };
    const mac = await client.ask("MAC", signing);
    for (const name of [uniqueIdentifier, signing.uniqueIdentifier])
      await domain.operations.revokeObject(client.session.caller, name, { to: "deactivated" });
    expect(await client.refusal("Encrypt", { data, correlationValue })).toMatch(/^WrongKeyLifecycleState: /);
    const end = { data, correlationValue: mac.correlationValue, finalIndicator: true };
    expect(await client.refusal("MAC", end)).toMatch(/^WrongKeyLifecycleState: /);
  });

  test("is one of few that a client may have open", async () => {
    const crowd = await KmipAsker.enrol(domain);
    const begun = () =>
      crowd.refusal("Hash", { cryptographicParameters: { hashingAlgorithm: H.SHA_256 }, initIndicator: true });
    for (let n = 0; n < 64; n += 1) expect(await begun()).toBe("ok");
    expect(await begun()).toMatch(/^ServerLimitExceeded: /);
    expect(
      await client.refusal("Hash", { cryptographicParameters: { hashingAlgorithm: H.SHA_256 }, initIndicator: true }),
    ).toBe("ok");
  });
});

describe("a key that is revoked while it is used", () => {
  test("encrypts before and never after, in the order in which the requests came", async () => {
    const uniqueIdentifier = await key();
    const sent = { uniqueIdentifier, cryptographicParameters: GCM_RANDOM, data };
    const before = client.refusal("Encrypt", sent);
    const revoked = domain.operations.revokeObject(client.session.caller, uniqueIdentifier, { to: "deactivated" });
    const outcomes = [await before];
    await revoked;
    outcomes.push(await client.refusal("Encrypt", sent), await at("1.4").refusal("Encrypt", sent));
    expect(outcomes.map((each) => each.split(":")[0])).toEqual(["ok", "WrongKeyLifecycleState", "PermissionDenied"]);
  });
});

describe("what is only kept", () => {
  test("has usage mask 0 and does nothing, and says so by its usage", async () => {
    const uniqueIdentifier = await registered({
      ...{ type: "secret-data", algorithm: null, usage: [], dates: { activation: "now" } },
      material: { format: "raw", bytes: Buffer.alloc(96, 7) },
    });
    expect(await client.refusal("Encrypt", { uniqueIdentifier, cryptographicParameters: CBC_RANDOM, data })).toMatch(
      /^IncompatibleCryptographicUsageMask: /,
    );
    expect(await at("1.0").refusal("Encrypt", { uniqueIdentifier, data })).toMatch(/^OperationNotSupported: /);
  });
});
