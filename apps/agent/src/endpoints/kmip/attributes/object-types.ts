import type { ObjectTypeName } from "@holdfast/kmip";
import { ENUM, objectTypeName } from "@holdfast/kmip";
import type { ObjectType } from "../../../keystore/records.ts";
import { refuse } from "../refused.ts";

const OF_DOOR: Readonly<Record<ObjectType, ObjectTypeName>> = {
  "symmetric-key": "SymmetricKey",
  "private-key": "PrivateKey",
  "public-key": "PublicKey",
  "secret-data": "SecretData",
  opaque: "OpaqueObject",
  certificate: "Certificate",
  "split-key": "SplitKey",
  "pgp-key": "PGPKey",
  template: "Template",
};

const OF_KMIP = new Map<ObjectTypeName, ObjectType>(
  Object.entries(OF_DOOR).map(([type, name]) => [name, type as ObjectType]),
);

/** A kind of object, in KMIP's words. */
export function objectTypeOf(type: ObjectType): ObjectTypeName {
  return OF_DOOR[type];
}

/** The number of a kind of object. */
export function objectTypeNumber(type: ObjectType): number {
  return ENUM.ObjectType[OF_DOOR[type]];
}

/** The kind of object with this number, or null where none such is kept. */
export function findObjectType(number: number): ObjectType | null {
  const name = objectTypeName(number);
  return (name && OF_KMIP.get(name)) ?? null;
}

/** @throws KmipRefusedError for a kind of object that is not kept here */
export function objectTypeNumbered(number: number): ObjectType {
  return findObjectType(number) ?? refuse("InvalidObjectType", "Objects of this type are not kept here.");
}

/** The numbers of the kinds of objects that are kept here. */
export const KEPT_OBJECT_TYPES: readonly number[] = [...OF_KMIP.keys()].map((name) => ENUM.ObjectType[name]);
