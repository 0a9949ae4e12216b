import type { Codec, ReadContext, ValueOf } from "../fields/codec.ts";
import { optional, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { bigInteger, bytes, enumeration } from "../fields/values.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import type { Ttlv } from "../ttlv/ttlv.ts";
import type { KmipVersion } from "../version.ts";

// KMIP 1.4 section 2.1.7, KMIP 2.1 section 3.1 to 3.11. Numbers are Big Integers: see bigIntegerFromUnsigned.

const symmetricKey = struct({ key: required(TAG.Key, bytes) });

const dsaPrivateKey = struct({
  p: required(TAG.P, bigInteger),
  q: required(TAG.Q, bigInteger),
  g: required(TAG.G, bigInteger),
  x: required(TAG.X, bigInteger),
});

const dsaPublicKey = struct({
  p: required(TAG.P, bigInteger),
  q: required(TAG.Q, bigInteger),
  g: required(TAG.G, bigInteger),
  y: required(TAG.Y, bigInteger),
});

const rsaPrivateKey = struct({
  modulus: required(TAG.Modulus, bigInteger),
  privateExponent: optional(TAG.PrivateExponent, bigInteger),
  publicExponent: optional(TAG.PublicExponent, bigInteger),
  p: optional(TAG.P, bigInteger),
  q: optional(TAG.Q, bigInteger),
  primeExponentP: optional(TAG.PrimeExponentP, bigInteger),
  primeExponentQ: optional(TAG.PrimeExponentQ, bigInteger),
  crtCoefficient: optional(TAG.CRTCoefficient, bigInteger),
});

const rsaPublicKey = struct({
  modulus: required(TAG.Modulus, bigInteger),
  publicExponent: required(TAG.PublicExponent, bigInteger),
});

const dhPrivateKey = struct({
  p: required(TAG.P, bigInteger),
  q: optional(TAG.Q, bigInteger),
  g: required(TAG.G, bigInteger),
  j: optional(TAG.J, bigInteger),
  x: required(TAG.X, bigInteger),
});

const dhPublicKey = struct({
  p: required(TAG.P, bigInteger),
  q: optional(TAG.Q, bigInteger),
  g: required(TAG.G, bigInteger),
  j: optional(TAG.J, bigInteger),
  y: required(TAG.Y, bigInteger),
});

const ecPrivateKey = struct({
  recommendedCurve: required(TAG.RecommendedCurve, enumeration),
  d: required(TAG.D, bigInteger),
});

const ecPublicKey = struct({
  recommendedCurve: required(TAG.RecommendedCurve, enumeration),
  qString: required(TAG.QString, bytes),
});

const FORMATS = {
  TransparentSymmetricKey: symmetricKey,
  TransparentDSAPrivateKey: dsaPrivateKey,
  TransparentDSAPublicKey: dsaPublicKey,
  TransparentRSAPrivateKey: rsaPrivateKey,
  TransparentRSAPublicKey: rsaPublicKey,
  TransparentDHPrivateKey: dhPrivateKey,
  TransparentDHPublicKey: dhPublicKey,
  TransparentECDSAPrivateKey: ecPrivateKey,
  TransparentECDSAPublicKey: ecPublicKey,
  TransparentECDHPrivateKey: ecPrivateKey,
  TransparentECDHPublicKey: ecPublicKey,
  TransparentECMQVPrivateKey: ecPrivateKey,
  TransparentECMQVPublicKey: ecPublicKey,
  TransparentECPrivateKey: ecPrivateKey,
  TransparentECPublicKey: ecPublicKey,
} as const;

/** A Key Format Type whose key material is a structure of the key's numbers. */
export type TransparentFormat = keyof typeof FORMATS;

/** Key material as a structure of numbers, with the format that says which. */
export type TransparentKey = {
  [F in TransparentFormat]: { readonly format: F; readonly key: ValueOf<(typeof FORMATS)[F]> };
}[TransparentFormat];

const formatNames = Object.keys(FORMATS) as TransparentFormat[];

/** The transparent format with this Key Format Type, or null for the formats whose key material is bytes. */
export function transparentFormat(keyFormatType: number): TransparentFormat | null {
  return formatNames.find((name) => ENUM.KeyFormatType[name] === keyFormatType) ?? null;
}

/** Reads transparent key material. */
export function readTransparentKey(format: TransparentFormat, item: Ttlv, context: ReadContext): TransparentKey {
  return { format, key: FORMATS[format].read(item, context) } as TransparentKey;
}

/** Writes transparent key material. */
export function writeTransparentKey({ format, key }: TransparentKey, version: KmipVersion): Ttlv {
  return (FORMATS[format] as Codec<unknown>).write(TAG.KeyMaterial, key, version);
}
