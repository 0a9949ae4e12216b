import type { TransparentKey as DoorKey } from "@holdfast/crypto";
import {
  bigIntegerFromUnsigned,
  decodeKeyValue,
  ENUM,
  encodeKeyValue,
  type KeyBlock,
  type KeyValue,
  type TransparentKey,
  unsignedFromBigInteger,
} from "@holdfast/kmip";
import type { ObjectType } from "../../keystore/records.ts";
import type { GivenMaterial } from "../../operations/new-object.ts";
import type { KmipAlgorithm } from "./attributes/key-algorithms.ts";
import { materialFormat } from "./attributes/key-formats.ts";
import { refuse } from "./refused.ts";

/** Key material of a request, for the door. */
export interface ReadMaterial {
  readonly material: GivenMaterial;
  /** What the material says of itself, where its block leaves it out. */
  readonly bits?: number;
  readonly curve?: number;
}

/** Reads the material of a key block that is not wrapped. @throws KmipRefusedError */
export function readMaterial({ keyFormatType, keyValue }: KeyBlock, type: ObjectType): ReadMaterial {
  const material = materialOf(keyValue);
  if (material instanceof Uint8Array) {
    const format = materialFormat(keyFormatType, type);
    if (format === null) refuse("KeyFormatTypeNotSupported", "The Key Format Type is not taken for this object.");
    if (material.byteLength === 0) refuse("InvalidField", "The key material is empty.");
    const said = type === "symmetric-key" ? { bits: material.byteLength * 8 } : curveIn(material);
    return { material: { format, bytes: material.slice() }, ...said };
  }
  return readTransparent(material);
}

const C = ENUM.RecommendedCurve;
/** The object identifiers by which encoded keys name their curve. @see RFC 5480 section 2.1.1.1, SEC 2 */
const CURVE_NAMES: readonly (readonly [string, number])[] = [
  ["06082a8648ce3d030107", C.P_256],
  ["06052b81040022", C.P_384],
  ["06052b81040023", C.P_521],
  ["06052b8104000a", C.SECP256K1],
];

/** The curve that an encoded key names: two of the curves have the same length. What reads the key checks it. */
function curveIn(encoded: Uint8Array): { readonly curve?: number } {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const found = CURVE_NAMES.find(([name]) => bytes.includes(Buffer.from(name, "hex")));
  return found === undefined ? {} : { curve: found[1] };
}

function materialOf(keyValue: KeyValue | undefined): Uint8Array | TransparentKey {
  if (keyValue === undefined) refuse("KeyValueNotPresent", "Objects whose material is elsewhere are not kept here.");
  if (keyValue.wrapped !== undefined) refuse("InvalidField", "A wrapped key says how it is wrapped.");
  return keyValue.material ?? refuse("InvalidField", "The key material is missing.");
}

const unsigned = (value: Uint8Array): Uint8Array =>
  unsignedFromBigInteger(value) ?? refuse("InvalidField", "A number of the key is negative.");

function readTransparent({ format, key }: TransparentKey): ReadMaterial {
  switch (format) {
    case "TransparentSymmetricKey":
      return { material: { format: "raw", bytes: key.key.slice() }, bits: key.key.byteLength * 8 };
    case "TransparentRSAPrivateKey":
    case "TransparentRSAPublicKey":
      return readRsa(key);
    case "TransparentECPrivateKey":
    case "TransparentECDSAPrivateKey":
    case "TransparentECDHPrivateKey":
      return { material: { components: { d: unsigned(key.d) } }, curve: key.recommendedCurve };
    case "TransparentECPublicKey":
    case "TransparentECDSAPublicKey":
    case "TransparentECDHPublicKey":
      return { material: { components: { q: key.qString.slice() } }, curve: key.recommendedCurve };
    default:
      return {
        material: { format: "raw", bytes: encodeKeyValue({ material: { format, key } as TransparentKey }, KEPT_IN) },
      };
  }
}

/** Numbers of keys with which nothing is done are kept as the Key Value that holds them, in this version's encoding. */
const KEPT_IN = "1.4";

/** The numbers of a key that is only kept. */
export function readKept(format: number, material: Uint8Array): TransparentKey {
  const kept = decodeKeyValue(material, format, KEPT_IN);
  if (kept.wrapped !== undefined || kept.material === undefined || kept.material instanceof Uint8Array) notSuch();
  return kept.material;
}

/** Whether key material in this format is a structure of numbers that is only kept. */
export function isKeptFormat(format: number): boolean {
  return KEPT_FORMATS.has(format);
}

const KEPT_FORMATS: ReadonlySet<number> = new Set(
  ["DSA", "DH", "ECMQV"].flatMap((kind) =>
    ["PrivateKey", "PublicKey"].map(
      (half) => ENUM.KeyFormatType[`Transparent${kind}${half}` as keyof typeof ENUM.KeyFormatType],
    ),
  ),
);

const RSA_NUMBERS = {
  n: "modulus",
  e: "publicExponent",
  d: "privateExponent",
  p: "p",
  q: "q",
  dp: "primeExponentP",
  dq: "primeExponentQ",
  qi: "crtCoefficient",
} as const;

function readRsa(key: Extract<TransparentKey, { format: `TransparentRSA${string}` }>["key"]): ReadMaterial {
  const components: Record<string, Uint8Array> = {};
  for (const [name, field] of Object.entries(RSA_NUMBERS)) {
    const value = (key as Readonly<Record<string, Uint8Array | undefined>>)[field];
    if (value !== undefined) components[name] = unsigned(value);
  }
  return { material: { components }, bits: bitLength(components["n"] ?? new Uint8Array()) };
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
}

/** The transparent form of a key, from its numbers. @throws KmipRefusedError for a key that has no such form */
export function writeTransparent(
  format: number,
  components: DoorKey,
  { curve }: Pick<KmipAlgorithm, "curve">,
): TransparentKey {
  const F = ENUM.KeyFormatType;
  const { key, d, x, y } = components;
  switch (format) {
    case F.TransparentSymmetricKey:
      return key === undefined ? notSuch() : { format: "TransparentSymmetricKey", key: { key } };
    case F.TransparentRSAPrivateKey:
      return { format: "TransparentRSAPrivateKey", key: rsaNumbers(components, d) };
    case F.TransparentRSAPublicKey:
      return { format: "TransparentRSAPublicKey", key: rsaNumbers(components, components.n) as never };
    default:
  }
  if (curve === undefined) notSuch();
  const name = EC_FORMATS.get(format) ?? notSuch();
  if (name.endsWith("PrivateKey")) {
    if (d === undefined) notSuch();
    return { format: name, key: { recommendedCurve: curve, d: bigIntegerFromUnsigned(d) } } as TransparentKey;
  }
  if (x === undefined || y === undefined) notSuch();
  return {
    format: name,
    key: { recommendedCurve: curve, qString: Buffer.concat([Buffer.of(4), x, y]) },
  } as TransparentKey;
}

const EC_FORMATS = new Map<number, string>(
  ["EC", "ECDSA", "ECDH"].flatMap((kind) =>
    ["PrivateKey", "PublicKey"].map((half): [number, string] => {
      const name = `Transparent${kind}${half}` as keyof typeof ENUM.KeyFormatType;
      return [ENUM.KeyFormatType[name], name];
    }),
  ),
);

/** Whether key material in this format is a structure of numbers. */
export function isTransparentFormat(format: number): boolean {
  const F = ENUM.KeyFormatType;
  const others: readonly number[] = [F.TransparentSymmetricKey, F.TransparentRSAPrivateKey, F.TransparentRSAPublicKey];
  return EC_FORMATS.has(format) || others.includes(format);
}

function rsaNumbers(components: DoorKey, needed: Uint8Array | undefined): { readonly modulus: Uint8Array } {
  if (needed === undefined || components.n === undefined) notSuch();
  const numbers: Record<string, Uint8Array> = {};
  for (const [name, field] of Object.entries(RSA_NUMBERS)) {
    const value = components[name as keyof typeof RSA_NUMBERS];
    if (value !== undefined) numbers[field] = bigIntegerFromUnsigned(value);
  }
  return numbers as { modulus: Uint8Array };
}

function notSuch(): never {
  refuse("KeyFormatTypeNotSupported", "The key has no such form.");
}
