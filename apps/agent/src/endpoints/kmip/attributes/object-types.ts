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

const OF_KMIP = new Map<ObjectTypeName, ObjectType>([
  ...Object.entries(OF_DOOR).map(([type, name]): [ObjectTypeName, ObjectType] => [name, type as ObjectType]),
  ["CertificateRequest", "opaque"],
]);

/** The name in the bag of a Certificate Request Type: an opaque object that has it is a certificate request. */
export const REQUEST_TYPE = "kmip-certificate-request-type";

/** The kind of an object, in KMIP's words. */
export function objectTypeOf({
  type,
  attributes,
}: {
  readonly type: ObjectType;
  readonly attributes: Readonly<Record<string, unknown>>;
}): ObjectTypeName {
  return type === "opaque" && attributes[REQUEST_TYPE] !== undefined ? "CertificateRequest" : OF_DOOR[type];
}

/** The number of an object's kind. */
export function objectTypeNumber(object: Parameters<typeof objectTypeOf>[0]): number {
  return ENUM.ObjectType[objectTypeOf(object)];
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
