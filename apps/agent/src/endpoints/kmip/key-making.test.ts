import { createDecipheriv, createHmac, hkdfSync, pbkdf2Sync } from "node:crypto";
import { type Attribute, decodeKeyValue, ENUM, type KeyBlock, type KeyWrappingSpecification } from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NewObject } from "../../operations/new-object.ts";
import { uuidOfKeyId } from "../../operations/object-uuid.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { KmipContext } from "./kmip-context.ts";
import { get } from "./operations/get.ts";
import { register } from "./operations/register.ts";
import { KmipAsker } from "./testing/ask-kmip.ts";

const B = ENUM.BlockCipherMode;
const M = ENUM.DerivationMethod;
const T = ENUM.ObjectType;
const SHA256 = { hashingAlgorithm: ENUM.HashingAlgorithm.SHA_256 };
const NEVER = { name: "Extractable", value: false } as const;

let domain: TestDomain;
let client: KmipAsker;
beforeAll(async () => {
  domain = await openTestDomain();
  client = await KmipAsker.enrol(domain);
});
afterAll(() => domain.close());

const door = () => domain.operations;
const made = async (item: Partial<NewObject> = {}): Promise<string> => {
  const usual = {
    algorithm: "AES-256",
    usage: ["encrypt", "decrypt"],
    dates: { activation: "now" },
    extractable: true,
  } as const;
  return uuidOfKeyId((await door().createObject(client.session.caller, { ...usual, ...item })).id);
};
const brought = async (
  bytes: Buffer,
  item: { usage?: readonly ("derive" | "wrap" | "unwrap")[]; secret?: boolean } = {},
): Promise<string> => {
  const type = item.secret
    ? ({ type: "secret-data", algorithm: null } as const)
    : ({ type: "symmetric-key", algorithm: "AES-256" } as const);
  const material = { format: "raw", bytes: Buffer.from(bytes) } as const;
  const usage = item.usage ?? ["derive"];
  const view = await door().registerObject(client.session.caller, {
    ...type,
    usage,
    material,
    extractable: true,
    dates: { activation: "now" },
  });
  return uuidOfKeyId(view.id);
};
const bytesOf = async (name: string): Promise<Buffer> =>
  (await door().getMaterial(client.session.caller, { name })).material;
const identifierOf = (identifier: unknown): string => String(identifier);
const codeOf = async (work: unknown): Promise<string> => {
  try {
    await work;
    return "ok";
  } catch (cause) {
    const { reason, code } = cause as { readonly code?: string; readonly reason?: string };
    return reason ?? code ?? String(cause);
  }
};

describe("a derived key", () => {
  const base = Buffer.alloc(32, 0x42);
  const aes256: readonly Attribute[] = [
    { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
    { name: "CryptographicLength", value: 256 },
    { name: "CryptographicUsageMask", value: 12 },
    { name: "ActivationDate", value: 1 },
  ];
  const secret: readonly Attribute[] = [{ name: "CryptographicLength", value: 256 }];
  const data = Buffer.from("for the third floor");
  const salt = Buffer.alloc(16, 8);

  const CASES: readonly [string, number, object, Buffer][] = [
    [
      "HMAC",
      M.HMAC,
      { cryptographicParameters: SHA256, derivationData: data },
      createHmac("sha256", base).update(data).digest(),
    ],
    [
      "HKDF",
      M.HKDF,
      { cryptographicParameters: SHA256, salt, derivationData: data },
      Buffer.from(hkdfSync("sha256", base, salt, data, 32)),
    ],
    [
      "PBKDF2",
      M.PBKDF2,
      { cryptographicParameters: SHA256, salt, iterationCount: 2000 },
      pbkdf2Sync(base, salt, 2000, 32, "sha256"),
    ],
    [
      "SP 800-108 in counter mode",
      M.NIST800_108_C,
      { cryptographicParameters: SHA256, derivationData: data },
      createHmac("sha256", base)
        .update(Buffer.of(0, 0, 0, 1))
        .update(data)
        .digest(),
    ],
  ];

  test.each(CASES)(
    "by %s is what everybody else derives",
    async (_name, derivationMethod, derivationParameters, expected) => {
      for (const [objectType, attributes] of [
        [T.SymmetricKey, aes256],
        [T.SecretData, secret],
      ] as const) {
        const uniqueIdentifier = [await brought(base, { secret: objectType === T.SecretData })];
        const answer = await client.ask("DeriveKey", {
          objectType,
          uniqueIdentifier,
          derivationMethod,
          derivationParameters,
          attributes,
        });
        expect(await bytesOf(identifierOf(answer.uniqueIdentifier))).toEqual(expected);
      }
    },
  );

  test("takes its data from secret data that are kept here, and then leaves where both may", async () => {
    const asked = { objectType: T.SymmetricKey, derivationMethod: M.HMAC, attributes: aes256 };
    const key = await brought(base);
    const kept = await brought(data, { secret: true });
    const sent = { ...asked, uniqueIdentifier: [key, kept], derivationParameters: { cryptographicParameters: SHA256 } };
    const answer = await client.ask("DeriveKey", sent);
    const expected = createHmac("sha256", base).update(data).digest();
    expect(await bytesOf(identifierOf(answer.uniqueIdentifier))).toEqual(expected);
    const both = { ...sent, derivationParameters: { derivationData: data } };
    expect(await client.refusal("DeriveKey", both)).toMatch(/^InvalidMessage: /);
    const held = await door().registerObject(client.session.caller, {
      ...{ type: "secret-data", algorithm: null, usage: ["derive"], dates: { activation: "now" } },
      material: { format: "raw", bytes: Buffer.from(data) },
    });
    const stays = await client.ask("DeriveKey", { ...sent, uniqueIdentifier: [key, uuidOfKeyId(held.id)] });
    expect(await codeOf(bytesOf(identifierOf(stays.uniqueIdentifier)))).toBe("E_NOT_EXTRACTABLE");
    const wrong = { ...sent, uniqueIdentifier: [key, await made()] };
    expect(await client.refusal("DeriveKey", wrong)).toMatch(/^IncompatibleCryptographicUsageMask: /);
  });

  test("by agreement is the same on both sides", async () => {
    const pair = async () => {
      const part = { usage: ["agree"], dates: { activation: "now" } } as const;
      const { privateKey, publicKey } = await door().createPair(client.session.caller, {
        algorithm: "EC-P256",
        privateKey: { ...part, extractable: true },
        publicKey: part,
      });
      return [uuidOfKeyId(privateKey.id), uuidOfKeyId(publicKey.id)] as const;
    };
    const [[a, A], [b, B2]] = [await pair(), await pair()];
    const agreed = async (...uniqueIdentifier: string[]) => {
      const asked = {
        objectType: T.SymmetricKey,
        derivationMethod: M.AsymmetricKey,
        derivationParameters: { cryptographicParameters: SHA256 },
      };
      const answer = await client.ask("DeriveKey", { ...asked, uniqueIdentifier, attributes: aes256 });
      return bytesOf(identifierOf(answer.uniqueIdentifier));
    };
    expect(await agreed(a, B2)).toEqual(await agreed(b, A));
  });

  test("never leaves where its base does not, and is not derived by a key that is not for it", async () => {
    const asked = {
      objectType: T.SymmetricKey,
      derivationMethod: M.HMAC,
      derivationParameters: { derivationData: data },
      attributes: aes256,
    };
    const held = await made({ usage: ["derive"], extractable: false });
    const { uniqueIdentifier } = await client.ask("DeriveKey", { ...asked, uniqueIdentifier: [held] });
    expect(door().describeObject(client.session.caller, identifierOf(uniqueIdentifier)).extractable).toBe(false);
    expect(
      await client.refusal("DeriveKey", {
        ...asked,
        uniqueIdentifier: [held],
        attributes: [...aes256, { name: "Extractable", value: true }],
      }),
    ).toMatch(/^NotExtractable: /);
    expect(await client.refusal("DeriveKey", { ...asked, uniqueIdentifier: [await made()] })).toMatch(
      /^IncompatibleCryptographicUsageMask: /,
    );
  });
});

describe("a split key", () => {
  const S = ENUM.SplitKeyMethod;
  const split = { objectType: T.SymmetricKey, splitKeyParts: 4, splitKeyThreshold: 3 };

  test.each([
    ["GF(2^8)", S.PolynomialSharingGF2_8, 3],
    ["GF(2^16)", S.PolynomialSharingGF2_16, 3],
    ["XOR", S.XOR, 4],
  ] as const)(
    "by %s is joined from enough of its parts, and from no fewer",
    async (_name, splitKeyMethod, threshold) => {
      const base = await made();
      const { uniqueIdentifier: parts } = await client.ask("CreateSplitKey", {
        ...split,
        ...{ uniqueIdentifier: base, splitKeyMethod, splitKeyThreshold: threshold, attributes: [] },
      });
      expect(parts).toHaveLength(4);
      const attributes: readonly Attribute[] = [{ name: "CryptographicUsageMask", value: 12 }];
      const joined = await client.ask("JoinSplitKey", {
        objectType: T.SymmetricKey,
        uniqueIdentifier: parts.slice(4 - threshold),
        attributes,
      });
      expect(await bytesOf(identifierOf(joined.uniqueIdentifier))).toEqual(await bytesOf(base));
      for (const part of parts) expect(await bytesOf(identifierOf(part))).not.toEqual(await bytesOf(base));
      const few = { objectType: T.SymmetricKey, uniqueIdentifier: parts.slice(0, threshold - 1), attributes };
      expect(await client.refusal("JoinSplitKey", few)).toMatch(/^CryptographicFailure: /);
    },
  );

  test("that is made in parts is nowhere whole, and its parts stay when they shall", async () => {
    const attributes: readonly Attribute[] = [
      { name: "CryptographicAlgorithm", value: 3 },
      { name: "CryptographicLength", value: 256 },
      NEVER,
    ];
    const { uniqueIdentifier } = await client.ask("CreateSplitKey", {
      ...split,
      splitKeyMethod: S.PolynomialSharingGF2_8,
      attributes,
    });
    const asked = {
      objectType: T.SymmetricKey,
      uniqueIdentifier,
      attributes: [{ name: "CryptographicUsageMask", value: 12 }] as const,
    };
    const joined = await client.ask("JoinSplitKey", asked);
    for (const each of [joined.uniqueIdentifier, ...uniqueIdentifier])
      expect(await codeOf(bytesOf(identifierOf(each)))).toBe("E_NOT_EXTRACTABLE");
  });

  test("is not made of a key that may not leave, and parts of two keys are not joined", async () => {
    const asked = { ...split, splitKeyMethod: S.PolynomialSharingGF2_8, attributes: [] };
    expect(
      await client.refusal("CreateSplitKey", { ...asked, uniqueIdentifier: await made({ extractable: false }) }),
    ).toMatch(/^NotExtractable: /);
    const one = await client.ask("CreateSplitKey", { ...asked, uniqueIdentifier: await made() });
    const two = await client.ask("CreateSplitKey", { ...asked, splitKeyParts: 5, uniqueIdentifier: await made() });
    const mixed = [...one.uniqueIdentifier.slice(0, 2), ...two.uniqueIdentifier.slice(2, 3)];
    expect(await client.refusal("JoinSplitKey", { objectType: T.SymmetricKey, uniqueIdentifier: mixed })).toMatch(
      /^CryptographicFailure: /,
    );
    expect(
      await client.refusal("CreateSplitKey", { ...asked, splitKeyThreshold: 5, uniqueIdentifier: await made() }),
    ).toMatch(/^InvalidField: /);
  });
});

describe("a wrapped key", () => {
  const KW = { blockCipherMode: B.NISTKeyWrap };
  const MODES = [
    ["AES key wrap", KW],
    ["AES key wrap with padding", { blockCipherMode: B.AESKeyWrapPadding }],
    ["CBC", { blockCipherMode: B.CBC, paddingMethod: ENUM.PaddingMethod.PKCS5 }],
    ["GCM", { blockCipherMode: B.GCM }],
  ] as const;
  const specify = (
    uniqueIdentifier: string,
    cryptographicParameters: object,
    encodingOption?: number,
  ): KeyWrappingSpecification => ({
    wrappingMethod: ENUM.WrappingMethod.Encrypt,
    encryptionKeyInformation: { uniqueIdentifier, cryptographicParameters },
    ...(encodingOption === undefined ? {} : { encodingOption }),
  });
  const context = () => new KmipContext("2.1", {}, client.session);
  const taken = async (
    uniqueIdentifier: string,
    keyWrappingSpecification?: KeyWrappingSpecification,
  ): Promise<KeyBlock> => {
    const { object } = await get(context(), { uniqueIdentifier, keyWrappingSpecification });
    return (object as { keyBlock: KeyBlock }).keyBlock;
  };
  /** A wrapping key, and the same material where it may unwrap. */
  const wrappers = async () => {
    const wraps = await made({ usage: ["wrap", "unwrap"] });
    return { wraps, unwraps: wraps };
  };

  test.each(MODES)(
    "by %s comes back under the key that wrapped it, with TTLV encoding and without",
    async (_name, parameters) => {
      const { wraps, unwraps } = await wrappers();
      const inner = await made();
      for (const encodingOption of [undefined, ENUM.EncodingOption.TTLVEncoding, ENUM.EncodingOption.NoEncoding]) {
        const keyBlock = await taken(inner, specify(wraps, parameters, encodingOption));
        const { keyWrappingData, ...rest } = keyBlock;
        const again = {
          ...rest,
          keyWrappingData: {
            ...keyWrappingData,
            encryptionKeyInformation: { uniqueIdentifier: unwraps, cryptographicParameters: parameters },
          },
        };
        const attributes: readonly Attribute[] = [{ name: "CryptographicUsageMask", value: 12 }];
        const answer = await register(context(), {
          objectType: T.SymmetricKey,
          attributes,
          object: { type: "SymmetricKey", keyBlock: again as KeyBlock },
        });
        expect(await bytesOf(identifierOf(answer.uniqueIdentifier))).toEqual(await bytesOf(inner));
      }
    },
  );

  test("is the standard's, and carries the attributes that were asked for", async () => {
    const { wraps } = await wrappers();
    const inner = await made({ names: [{ value: "orders", kind: "text" }] });
    const kek = await bytesOf(wraps);
    const plainly = await taken(inner, specify(wraps, KW, ENUM.EncodingOption.NoEncoding));
    const wrapped = (plainly.keyValue as { material: Uint8Array }).material;
    const opened = createDecipheriv("id-aes256-wrap", kek, Buffer.alloc(8, 0xa6));
    expect(Buffer.concat([opened.update(wrapped), opened.final()])).toEqual(await bytesOf(inner));
    const whole = await taken(inner, { ...specify(wraps, KW), attributeNames: [{ name: "Name" }] });
    const decipher = createDecipheriv("id-aes256-wrap", kek, Buffer.alloc(8, 0xa6));
    const value = Buffer.concat([
      decipher.update((whole.keyValue as { wrapped: Uint8Array }).wrapped),
      decipher.final(),
    ]);
    const read = decodeKeyValue(value, ENUM.KeyFormatType.Raw, "2.1");
    expect(read).toMatchObject({ attributes: [{ name: "Name", value: { nameValue: "orders" } }] });
    const both = { ...specify(wraps, KW, ENUM.EncodingOption.NoEncoding), attributeNames: [{ name: "Name" }] as const };
    expect(await codeOf(taken(inner, both))).toBe("EncodingOptionError");
  });

  test("does not leave under a key that is not for it, that somebody else held, that does not exist, or under itself", async () => {
    const inner = await made();
    const loop = await made({ usage: ["wrap", "unwrap"] });
    const held = await brought(Buffer.alloc(32, 9), { usage: ["wrap"] });
    const outcomes = [
      await codeOf(taken(inner, specify(await made(), KW))),
      await codeOf(taken(inner, specify(held, KW))),
      await codeOf(taken(loop, specify(loop, KW))),
      await codeOf(taken(inner, specify("0123abcd-0123-8123-8123-0123456789ab", KW))),
      await codeOf(taken(inner, { ...specify(loop, KW), wrappingMethod: ENUM.WrappingMethod.MACSign })),
    ];
    expect(outcomes).toEqual(["E_KEY_USAGE", "E_WRAPPING_KEY", "E_WRAPPING_KEY", "E_NOT_FOUND", "FeatureNotSupported"]);
  });

  test("that may not leave, or that is sensitive, does not leave under a client's own key, and in clear not at all", async () => {
    const { wraps } = await wrappers();
    const held = await made({ extractable: false });
    const sensitive = await made({ sensitive: true });
    expect(await codeOf(taken(held, specify(wraps, KW)))).toBe("E_NOT_EXTRACTABLE");
    expect(await codeOf(taken(held))).toBe("E_NOT_EXTRACTABLE");
    expect(await codeOf(taken(sensitive, specify(wraps, KW)))).toBe("E_WRAPPING_KEY");
    expect(await codeOf(taken(sensitive))).toBe("Sensitive");
  });

  test("that was changed, or is wrapped under another key, is one refusal", async () => {
    const { wraps, unwraps } = await wrappers();
    const other = await made({ usage: ["unwrap"] });
    const keyBlock = await taken(await made(), specify(wraps, KW));
    const bytes = Buffer.from((keyBlock.keyValue as { wrapped: Uint8Array }).wrapped);
    const sent = (wrapped: Uint8Array, uniqueIdentifier: string) =>
      codeOf(
        register(context(), {
          ...{ objectType: T.SymmetricKey, attributes: [{ name: "CryptographicUsageMask", value: 12 }] },
          object: {
            type: "SymmetricKey",
            keyBlock: {
              ...keyBlock,
              keyValue: { wrapped },
              keyWrappingData: {
                ...keyBlock.keyWrappingData,
                wrappingMethod: 1,
                encryptionKeyInformation: { uniqueIdentifier, cryptographicParameters: KW },
              },
            },
          },
        }),
      );
    const changed = Buffer.from(bytes);
    changed[20] = (changed[20] as number) ^ 1;
    expect([await sent(changed, unwraps), await sent(bytes, other), await sent(bytes.subarray(8), unwraps)]).toEqual([
      "E_DECRYPT",
      "E_DECRYPT",
      "E_DECRYPT",
    ]);
    expect(await sent(bytes, await made())).toBe("E_KEY_USAGE");
    expect(await sent(bytes, unwraps)).toBe("ok");
  });
});

describe("the library of PKCS #11", () => {
  const F = ENUM.PKCS_11Function;

  test("begins, says what it is and ends; what was not begun, or by another client, is refused", async () => {
    const { correlationValue } = await client.ask("PKCS_11", {
      pkcs11Function: F.C_Initialize,
      pkcs11InputParameters: Buffer.of(1),
    });
    const info = await client.ask("PKCS_11", { pkcs11Function: F.C_GetInfo, correlationValue });
    expect(info.pkcs11OutputParameters).toHaveLength(76);
    const unserved = await client.ask("PKCS_11", { pkcs11Function: F.C_Encrypt, correlationValue });
    expect(unserved.pkcs11ReturnCode).toBe(0x54);
    const stranger = await KmipAsker.enrol(domain);
    expect(await stranger.refusal("PKCS_11", { pkcs11Function: F.C_GetInfo, correlationValue })).toMatch(
      /^InvalidCorrelationValue: /,
    );
    expect(await client.refusal("PKCS_11", { pkcs11Function: F.C_Finalize, correlationValue })).toBe("ok");
    expect(await client.refusal("PKCS_11", { pkcs11Function: F.C_GetInfo, correlationValue })).toMatch(
      /^InvalidCorrelationValue: /,
    );
    expect(await client.refusal("ReProvision", {})).toMatch(/^PermissionDenied: /);
  });
});
