import { describe, expect, test } from "vitest";
import { decodeRequest, encodeRequest, type RequestItem, type RequestMessage } from "../messages/request-message.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { bigIntegerFromUnsigned } from "../ttlv/big-integer.ts";
import { encodeTtlv } from "../ttlv/encode-ttlv.ts";
import { KMIP_VERSIONS, type KmipVersion } from "../version.ts";
import type { KeyBlock } from "./key-block.ts";
import { decodeKeyValue, encodeKeyValue, type KeyValue } from "./key-value.ts";
import { type ManagedObject, objectTypeName } from "./managed-object.ts";
import type { TransparentKey } from "./transparent-key.ts";

const bytes = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
const number = Buffer.from(bigIntegerFromUnsigned(Buffer.from("010001", "hex")));
const F = ENUM.KeyFormatType;
const raw: KeyBlock = {
  keyFormatType: F.Raw,
  keyValue: { material: bytes },
  cryptographicAlgorithm: 3,
  cryptographicLength: 128,
};

function register(version: KmipVersion, object: ManagedObject): RequestMessage<RequestItem> {
  const payload = { objectType: ENUM.ObjectType[object.type], attributes: [], object };
  return { version, header: {}, items: [{ operation: "Register", payload }] };
}

const OBJECTS: readonly ManagedObject[] = [
  { type: "Certificate", certificateType: ENUM.CertificateType.X_509, certificateValue: bytes },
  { type: "SymmetricKey", keyBlock: raw },
  { type: "PublicKey", keyBlock: raw },
  { type: "PrivateKey", keyBlock: raw },
  {
    type: "SplitKey",
    splitKeyParts: 3,
    keyPartIdentifier: 1,
    splitKeyThreshold: 2,
    splitKeyMethod: 3,
    primeFieldSize: number,
    keyBlock: raw,
  },
  { type: "Template", attributes: [{ name: "CryptographicLength", value: 128 }] },
  {
    type: "SecretData",
    secretDataType: ENUM.SecretDataType.Seed,
    keyBlock: { keyFormatType: F.Opaque, keyValue: { material: bytes } },
  },
  { type: "OpaqueObject", opaqueDataType: 0x80000001, opaqueDataValue: bytes },
  { type: "PGPKey", pgpKeyVersion: 4, keyBlock: raw },
  {
    type: "CertificateRequest",
    certificateRequestType: ENUM.CertificateRequestType.PEM,
    certificateRequestValue: bytes,
  },
];

const ec = { recommendedCurve: ENUM.RecommendedCurve.P_256 };
const TRANSPARENT: readonly TransparentKey[] = [
  { format: "TransparentSymmetricKey", key: { key: bytes } },
  { format: "TransparentDSAPrivateKey", key: { p: number, q: number, g: number, x: number } },
  { format: "TransparentDSAPublicKey", key: { p: number, q: number, g: number, y: number } },
  {
    format: "TransparentRSAPrivateKey",
    key: { modulus: number, privateExponent: number, p: number, crtCoefficient: number },
  },
  { format: "TransparentRSAPublicKey", key: { modulus: number, publicExponent: number } },
  { format: "TransparentDHPrivateKey", key: { p: number, g: number, x: number } },
  { format: "TransparentDHPublicKey", key: { p: number, q: number, g: number, j: number, y: number } },
  { format: "TransparentECDSAPrivateKey", key: { ...ec, d: number } },
  { format: "TransparentECDSAPublicKey", key: { ...ec, qString: bytes } },
  { format: "TransparentECDHPrivateKey", key: { ...ec, d: number } },
  { format: "TransparentECDHPublicKey", key: { ...ec, qString: bytes } },
  { format: "TransparentECMQVPrivateKey", key: { ...ec, d: number } },
  { format: "TransparentECMQVPublicKey", key: { ...ec, qString: bytes } },
  { format: "TransparentECPrivateKey", key: { ...ec, d: number } },
  { format: "TransparentECPublicKey", key: { ...ec, qString: bytes } },
];

describe("managed objects", () => {
  test.each(OBJECTS.map((object) => [object.type, object] as const))(
    "%s goes there and back in every version",
    (type, object) => {
      for (const version of KMIP_VERSIONS) {
        expect(decodeRequest(encodeRequest(register(version, object))).items[0]?.payload, version).toMatchObject({
          object,
        });
      }
      expect(objectTypeName(ENUM.ObjectType[type])).toBe(type);
    },
  );

  test.each(TRANSPARENT.map((key) => [key.format, key] as const))("%s goes there and back", (format, material) => {
    const object: ManagedObject = {
      type: "PrivateKey",
      keyBlock: { keyFormatType: F[format], keyValue: { material } },
    };
    expect(decodeRequest(encodeRequest(register("1.4", object))).items[0]?.payload).toMatchObject({ object });
  });

  test("a structure as key material is refused where the format has bytes", () => {
    const block: KeyBlock = { keyFormatType: F.Raw, keyValue: { material: TRANSPARENT[0] } };
    const [only] = decodeRequest(encodeRequest(register("1.4", { type: "SymmetricKey", keyBlock: block }))).items;
    expect(only?.refusal).toMatchObject({ code: "E_KMIP_TYPE" });
  });

  test("two objects in one request are refused", () => {
    const message = register("1.4", { type: "SymmetricKey", keyBlock: raw });
    const twice = {
      ...message,
      items: [{ operation: "Register", payload: { ...message.items[0]?.payload } }],
    } as typeof message;
    const once = encodeRequest(twice);
    const object = once.subarray(once.indexOf(Buffer.from("42008f01", "hex")));
    const grown = Buffer.concat([once, object]);
    for (const tag of ["42007801", "42000f01", "42007901"]) {
      const at = grown.indexOf(Buffer.from(tag, "hex")) + 4;
      grown.writeUInt32BE(grown.readUInt32BE(at) + object.length, at);
    }
    expect(decodeRequest(grown).items[0]?.refusal).toMatchObject({ code: "E_KMIP_DUPLICATE" });
  });
});

describe("wrapped keys", () => {
  const keyWrappingData = {
    wrappingMethod: ENUM.WrappingMethod.Encrypt,
    encryptionKeyInformation: {
      uniqueIdentifier: "kek",
      cryptographicParameters: { blockCipherMode: ENUM.BlockCipherMode.NISTKeyWrap },
    },
    encodingOption: ENUM.EncodingOption.NoEncoding,
  };

  test("keep their wrapped bytes: the whole value, or the material alone", () => {
    for (const keyValue of [{ wrapped: bytes }, { material: bytes }] as const) {
      const object: ManagedObject = { type: "SymmetricKey", keyBlock: { ...raw, keyValue, keyWrappingData } };
      expect(decodeRequest(encodeRequest(register("1.2", object))).items[0]?.payload).toMatchObject({ object });
    }
  });

  test("have no encoding option in 1.0", () => {
    const object: ManagedObject = {
      type: "SymmetricKey",
      keyBlock: { ...raw, keyValue: { wrapped: bytes }, keyWrappingData },
    };
    const [only] = decodeRequest(encodeRequest(register("1.0", object))).items;
    expect(only?.operation === "Register" && only.payload.object).toMatchObject({
      keyBlock: { keyWrappingData: { wrappingMethod: 1 } },
    });
    expect(JSON.stringify(only)).not.toContain("encodingOption");
  });

  test.each(["1.1", "2.1"] as const)("have the bytes of a key value to wrap, with its attributes, in %s", (version) => {
    const value: KeyValue = { material: bytes, attributes: [{ name: "CryptographicLength", value: 128 }] };
    expect(decodeKeyValue(encodeKeyValue(value, version), F.Raw, version)).toEqual(value);
  });

  test("are refused when what was unwrapped is no key value", () => {
    const other = encodeTtlv({ tag: TAG.KeyMaterial, type: 8, value: bytes });
    expect(() => decodeKeyValue(other, F.Raw, "1.4")).toThrow(expect.objectContaining({ code: "E_KMIP_FIELD" }));
    expect(() => decodeKeyValue(bytes, F.Raw, "1.4")).toThrow(expect.objectContaining({ code: "E_KMIP_TTLV" }));
  });
});
