import type { Codec, ValueOf } from "../fields/codec.ts";
import { boolean, bytes, dateTime, enumeration, identifier, integer, interval, text } from "../fields/values.ts";
import { type TagName, tagTitle } from "../tags/names.ts";
import { TAG } from "../tags/tag-table.ts";
import { versionMask } from "../version.ts";
import * as structures from "./structures.ts";

/** A codec and the versions that have the attribute. */
interface Entry<Value> {
  readonly codec: Codec<Value>;
  readonly versions: number;
}

const always = <Value>(codec: Codec<Value>): Entry<Value> => ({ codec, versions: versionMask() });
const since = <Value>(version: Parameters<typeof versionMask>[0], codec: Codec<Value>): Entry<Value> => ({
  codec,
  versions: versionMask(version),
});
const only1 = <Value>(codec: Codec<Value>): Entry<Value> => ({ codec, versions: versionMask("1.0", "1.4") });

/**
 * Every attribute of the specification, by the XML name of its tag: how its value is encoded, and since when it exists.
 *
 * @see KMIP 1.4 section 3, KMIP 2.1 section 4
 */
export const ATTRIBUTES = {
  UniqueIdentifier: always(identifier),
  Name: always(structures.name),
  ObjectType: always(enumeration),
  CryptographicAlgorithm: always(enumeration),
  CryptographicLength: always(integer),
  CryptographicParameters: always(structures.cryptographicParameters),
  CryptographicDomainParameters: always(structures.cryptographicDomainParameters),
  CertificateType: always(enumeration),
  CertificateLength: since("1.1", integer),
  X_509CertificateIdentifier: since("1.1", structures.x509CertificateIdentifier),
  X_509CertificateSubject: since("1.1", structures.x509CertificateSubject),
  X_509CertificateIssuer: since("1.1", structures.x509CertificateIssuer),
  CertificateIdentifier: only1(structures.certificateIdentifier),
  CertificateSubject: only1(structures.certificateSubject),
  CertificateIssuer: only1(structures.certificateIssuer),
  DigitalSignatureAlgorithm: since("1.1", enumeration),
  Digest: always(structures.digest),
  OperationPolicyName: only1(text),
  CryptographicUsageMask: always(integer),
  LeaseTime: always(interval),
  UsageLimits: always(structures.usageLimits),
  State: always(enumeration),
  InitialDate: always(dateTime),
  ActivationDate: always(dateTime),
  ProcessStartDate: always(dateTime),
  ProtectStopDate: always(dateTime),
  DeactivationDate: always(dateTime),
  DestroyDate: always(dateTime),
  CompromiseOccurrenceDate: always(dateTime),
  CompromiseDate: always(dateTime),
  RevocationReason: always(structures.revocationReason),
  ArchiveDate: always(dateTime),
  ObjectGroup: always(text),
  Fresh: since("1.1", boolean),
  Link: always(structures.link),
  ApplicationSpecificInformation: always(structures.applicationSpecificInformation),
  ContactInformation: always(text),
  LastChangeDate: always(dateTime),
  AlternativeName: since("1.2", structures.alternativeName),
  KeyValuePresent: since("1.2", boolean),
  KeyValueLocation: since("1.2", structures.keyValueLocation),
  OriginalCreationDate: since("1.2", dateTime),
  RandomNumberGenerator: since("1.3", structures.rngParameters),
  PKCS_12FriendlyName: since("1.4", text),
  Description: since("1.4", text),
  Comment: since("1.4", text),
  Sensitive: since("1.4", boolean),
  AlwaysSensitive: since("1.4", boolean),
  Extractable: since("1.4", boolean),
  NeverExtractable: since("1.4", boolean),
  KeyFormatType: since("2.0", enumeration),
  NISTKeyType: since("2.0", enumeration),
  OpaqueDataType: since("2.0", enumeration),
  ProtectionLevel: since("2.0", enumeration),
  ProtectionPeriod: since("2.0", interval),
  ProtectionStorageMask: since("2.0", integer),
  QuantumSafe: since("2.0", boolean),
  ShortUniqueIdentifier: since("2.0", bytes),
  CertificateSubjectCN: since("2.0", text),
  CertificateSubjectO: since("2.0", text),
  CertificateSubjectOU: since("2.0", text),
  CertificateSubjectEmail: since("2.0", text),
  CertificateSubjectC: since("2.0", text),
  CertificateSubjectST: since("2.0", text),
  CertificateSubjectL: since("2.0", text),
  CertificateSubjectUID: since("2.0", text),
  CertificateSubjectSerialNumber: since("2.0", text),
  CertificateSubjectTitle: since("2.0", text),
  CertificateSubjectDC: since("2.0", text),
  CertificateSubjectDNQualifier: since("2.0", text),
  CertificateIssuerCN: since("2.0", text),
  CertificateIssuerO: since("2.0", text),
  CertificateIssuerOU: since("2.0", text),
  CertificateIssuerEmail: since("2.0", text),
  CertificateIssuerC: since("2.0", text),
  CertificateIssuerST: since("2.0", text),
  CertificateIssuerL: since("2.0", text),
  CertificateIssuerUID: since("2.0", text),
  CertificateIssuerSerialNumber: since("2.0", text),
  CertificateIssuerTitle: since("2.0", text),
  CertificateIssuerDC: since("2.0", text),
  CertificateIssuerDNQualifier: since("2.0", text),
  RotateAutomatic: since("2.1", boolean),
  RotateDate: since("2.1", dateTime),
  RotateGeneration: since("2.1", integer),
  RotateInterval: since("2.1", interval),
  RotateLatest: since("2.1", boolean),
  RotateName: since("2.1", structures.rotateName),
  RotateOffset: since("2.1", interval),
} satisfies Partial<Record<TagName, Entry<unknown> | Entry<never>>>;

/** The name of an attribute of the specification: the XML name of its tag. */
export type AttributeName = keyof typeof ATTRIBUTES;

/** The type of each attribute's value. */
export type AttributeValues = { readonly [N in AttributeName]: ValueOf<(typeof ATTRIBUTES)[N]["codec"]> };

/** The names of {@link ATTRIBUTES}. */
export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

const byTitle = new Map<string, AttributeName>(ATTRIBUTE_NAMES.map((name) => [tagTitle(name), name]));
const byTag = new Map<number, AttributeName>(ATTRIBUTE_NAMES.map((name) => [TAG[name], name]));

/** The attribute with this Attribute Name of 1.x ("Cryptographic Usage Mask"), or null. */
export function attributeTitled(title: string): AttributeName | null {
  return byTitle.get(title) ?? null;
}

/** The attribute with this tag, or null. */
export function attributeTagged(tag: number): AttributeName | null {
  return byTag.get(tag) ?? null;
}

/** Whether a version has an attribute, so that a message of it may carry it. */
export function hasAttribute(version: Parameters<typeof versionMask>[0], name: AttributeName): boolean {
  return (ATTRIBUTES[name].versions & versionMask(version, version)) !== 0;
}
