import { attributesInline } from "../attributes/attribute-fields.ts";
import type { Codec, ValueOf } from "../fields/codec.ts";
import { duplicate, type Field, optional, type Presence, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { bigInteger, bytes, enumeration, integer } from "../fields/values.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { versionMask } from "../version.ts";
import { keyBlock } from "./key-block.ts";

const key = struct({ keyBlock: required(TAG.KeyBlock, keyBlock) });

/** A certificate, as an object and as an argument. @see KMIP 1.4 section 2.2.1 */
export const certificate = struct({
  certificateType: required(TAG.CertificateType, enumeration),
  certificateValue: required(TAG.CertificateValue, bytes),
});

const OBJECTS = {
  Certificate: certificate,
  SymmetricKey: key,
  PublicKey: key,
  PrivateKey: key,
  SplitKey: struct({
    splitKeyParts: required(TAG.SplitKeyParts, integer),
    keyPartIdentifier: required(TAG.KeyPartIdentifier, integer),
    splitKeyThreshold: required(TAG.SplitKeyThreshold, integer),
    splitKeyMethod: required(TAG.SplitKeyMethod, enumeration),
    primeFieldSize: optional(TAG.PrimeFieldSize, bigInteger),
    keyBlock: required(TAG.KeyBlock, keyBlock),
  }),
  Template: struct({ attributes: attributesInline("required") }),
  SecretData: struct({
    secretDataType: required(TAG.SecretDataType, enumeration),
    keyBlock: required(TAG.KeyBlock, keyBlock),
  }),
  OpaqueObject: struct({
    opaqueDataType: required(TAG.OpaqueDataType, enumeration),
    opaqueDataValue: required(TAG.OpaqueDataValue, bytes),
  }),
  PGPKey: struct({
    pgpKeyVersion: required(TAG.PGPKeyVersion, integer),
    keyBlock: required(TAG.KeyBlock, keyBlock),
  }),
  CertificateRequest: struct({
    certificateRequestType: required(TAG.CertificateRequestType, enumeration),
    certificateRequestValue: required(TAG.CertificateRequestValue, bytes),
  }),
} as const;

/** The kinds of managed objects, by the name of their Object Type and tag. */
export type ObjectTypeName = keyof typeof OBJECTS;

/** A managed object as it travels in Register, Get, Import, Export and Put. @see KMIP 1.4 section 2.2 */
export type ManagedObject<T extends ObjectTypeName = ObjectTypeName> = {
  [N in T]: { readonly type: N } & ValueOf<(typeof OBJECTS)[N]>;
}[T];

const names = Object.keys(OBJECTS) as ObjectTypeName[];
const byTag = new Map<number, ObjectTypeName>(names.map((name) => [TAG[name], name]));

/** The Object Type with this value, or null. */
export function objectTypeName(objectType: number): ObjectTypeName | null {
  return names.find((name) => ENUM.ObjectType[name] === objectType) ?? null;
}

/** The one managed object in a payload: a structure under the tag of its type. */
export function managedObject<P extends Presence>(presence: P): Field<ManagedObject, P> {
  return {
    tags: names.map((name) => TAG[name]),
    presence,
    versions: versionMask(),
    needed: presence === "required" ? versionMask() : 0,
    take: (before, item, context) => {
      if (before !== undefined) duplicate(item);
      const type = byTag.get(item.tag) as ObjectTypeName;
      return { type, ...OBJECTS[type].read(item, context) } as ManagedObject;
    },
    put: ({ type, ...value }, version, items) => {
      items.push((OBJECTS[type] as Codec<unknown>).write(TAG[type], value, version));
    },
  };
}
