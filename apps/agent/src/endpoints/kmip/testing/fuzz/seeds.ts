import {
  type Attribute,
  ENUM,
  KMIP_VERSIONS,
  type KmipVersion,
  type OperationName,
  operationsIn,
  type RequestHeader,
  type RequestItem,
  type RequestPayload,
  type Ttlv,
  TYPE,
  writeRequest,
} from "@holdfast/kmip";
import { SAMPLES } from "@holdfast/kmip/testing";
import type { Random } from "./random.ts";

/** A place for an identifier, filled anew for each frame. */
const SOME = "k1";
const SOME_OTHER = "k2";

type Some = { readonly [O in OperationName]?: readonly RequestPayload<O>[] };

const own = { uniqueIdentifier: SOME };
const data = Buffer.alloc(32, 7);
const { AES, ECDSA, HMAC_SHA256 } = ENUM.CryptographicAlgorithm;
const key = (algorithm: number, length: number, mask: number): Attribute[] => [
  { name: "CryptographicAlgorithm", value: algorithm },
  { name: "CryptographicLength", value: length },
  { name: "CryptographicUsageMask", value: mask },
  { name: "ActivationDate", value: 1 },
];
const pairOf = (mask: number): Attribute[] => [{ name: "CryptographicUsageMask", value: mask }];
const objectType = ENUM.ObjectType.SymmetricKey;
const material = { keyFormatType: ENUM.KeyFormatType.Raw, keyValue: { material: Buffer.alloc(32, 1) } };
const gcm = { blockCipherMode: ENUM.BlockCipherMode.GCM, randomIv: true, tagLength: 16 };
const cbc = {
  blockCipherMode: ENUM.BlockCipherMode.CBC,
  paddingMethod: ENUM.PaddingMethod.PKCS5,
  randomIv: true,
};
const ecdsa = { digitalSignatureAlgorithm: ENUM.DigitalSignatureAlgorithm.ECDSAWithSHA256 };

/** Requests that come far: most do what they say. */
const GOOD: Some = {
  Create: [{ objectType, attributes: key(AES, 256, 12) }],
  CreateKeyPair: [
    {
      commonAttributes: key(ECDSA, 256, 0).slice(0, 2),
      privateKeyAttributes: pairOf(1),
      publicKeyAttributes: pairOf(2),
    },
  ],
  Register: [
    {
      objectType,
      attributes: key(AES, 256, 12),
      object: {
        type: "SymmetricKey",
        keyBlock: { ...material, cryptographicAlgorithm: AES, cryptographicLength: 256 },
      },
    },
    {
      objectType: ENUM.ObjectType.SecretData,
      attributes: [{ name: "CryptographicUsageMask", value: 0x200 }],
      object: { type: "SecretData", secretDataType: ENUM.SecretDataType.Password, keyBlock: material },
    },
    {
      objectType: ENUM.ObjectType.OpaqueObject,
      attributes: [],
      object: { type: "OpaqueObject", opaqueDataType: 1, opaqueDataValue: data },
    },
    {
      objectType,
      attributes: key(HMAC_SHA256, 256, 0x180),
      object: {
        type: "SymmetricKey",
        keyBlock: { ...material, cryptographicAlgorithm: HMAC_SHA256, cryptographicLength: 256 },
      },
    },
  ],
  Encrypt: [
    { ...own, cryptographicParameters: gcm, data },
    { ...own, cryptographicParameters: cbc, data },
    { ...own, cryptographicParameters: gcm, data, initIndicator: true },
  ],
  Decrypt: [{ ...own, cryptographicParameters: { ...cbc, randomIv: false }, data, ivCounterNonce: data.subarray(16) }],
  Sign: [{ ...own, cryptographicParameters: ecdsa, data }],
  SignatureVerify: [{ ...own, cryptographicParameters: ecdsa, data, signatureData: Buffer.alloc(70, 0x30) }],
  MAC: [{ ...own, data }],
  Get: [own, { ...own, keyFormatType: ENUM.KeyFormatType.TransparentSymmetricKey }],
  Locate: [{ attributes: [{ name: "Name", value: { nameValue: "victim", nameType: 1 } }] }, { attributes: [] }],
  GetAttributes: [own],
  RNGRetrieve: [{ dataLength: 32 }],
};

/** How often each thing is asked for, beside the once of everything else. */
const COSTLY: ReadonlySet<OperationName> = new Set(["CreateKeyPair", "ReKeyKeyPair", "DeriveKey", "Locate"]);

/** Trees of requests to begin with, of every operation in every version that has it. */
export class Seeds {
  readonly trees: readonly Ttlv[];
  readonly #usual: readonly Ttlv[];

  constructor() {
    const all = KMIP_VERSIONS.flatMap((version) =>
      operationsIn(version).flatMap((operation) => {
        const payloads = [SAMPLES[operation][0], ...((GOOD[operation] ?? []) as readonly unknown[])];
        return payloads.flatMap((payload) => treeOf(version, operation, payload));
      }),
    );
    this.trees = all.map(({ tree }) => tree);
    this.#usual = all.filter(({ operation }) => !COSTLY.has(operation)).map(({ tree }) => tree);
  }

  /** One of them; what costs the server most is asked for seldom. */
  pick(random: Random): Ttlv {
    return random.pick(random.once(12) ? this.trees : this.#usual);
  }
}

function treeOf(version: KmipVersion, operation: OperationName, payload: unknown) {
  const item = { operation, payload } as RequestItem;
  const second = { ...item, uniqueBatchItemId: Buffer.from([2]) };
  const header: RequestHeader = { maximumResponseSize: 4096, timeStamp: 1, batchErrorContinuationOption: 1 };
  return [
    { operation, tree: writeRequest({ version, header: {}, items: [item] }) },
    {
      operation,
      tree: writeRequest({ version, header, items: [{ ...item, uniqueBatchItemId: Buffer.from([1]) }, second] }),
    },
  ];
}

/** The tree with its places for identifiers filled. */
export function withIdentifiers(tree: Ttlv, choose: () => string): Ttlv {
  if (tree.type === TYPE.Structure) return { ...tree, value: tree.value.map((each) => withIdentifiers(each, choose)) };
  const isPlace = tree.type === TYPE.TextString && (tree.value === SOME || tree.value === SOME_OTHER);
  return isPlace ? { ...tree, value: choose() } : tree;
}
