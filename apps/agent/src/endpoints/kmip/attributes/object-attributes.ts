import {
  type Attribute,
  type AttributeName,
  type AttributeReference,
  type AttributeValues,
  attributeRule,
  ENUM,
  hasAttribute,
  type KmipVersion,
  MASK,
} from "@holdfast/kmip";
import type { ObjectView } from "../../../operations/object-view.ts";
import { identifierOf, identifierOfObject } from "../object-identifier.ts";
import { attributesIn, instancesIn } from "./bag.ts";
import { algorithmOf, kmipAlgorithm, lengthOf } from "./key-algorithms.ts";
import { defaultFormat } from "./key-formats.ts";
import { findLinkType } from "./link-types.ts";
import { stateNumber } from "./object-states.ts";
import { objectTypeNumber, objectTypeOf } from "./object-types.ts";
import { maskIn } from "./usage-mask.ts";

/** How long a client may rely on what it knows of an object: what Obtain Lease gives. */
export const LEASE_SECONDS = 3600;

const KEY_ID = /^k_[a-z2-7]{26}$/;

type Sources = {
  readonly [N in AttributeName]?: (object: ObjectView, version: KmipVersion) => readonly AttributeValues[N][];
};

const one = <T>(value: T | null | undefined): readonly T[] => (value === null || value === undefined ? [] : [value]);

/** Attributes that are fields of the record, or follow from them. All others are in the bag. */
const SOURCES: Sources = {
  UniqueIdentifier: (object) => [identifierOfObject(object)],
  ObjectType: (object) => [objectTypeNumber(object)],
  Name: ({ names }) =>
    names.map(({ value, kind }) => ({
      nameValue: value,
      nameType: kind === "uri" ? ENUM.NameType.URI : ENUM.NameType.UninterpretedTextString,
    })),
  CryptographicAlgorithm: (object) => one(algorithmOf(object)),
  CryptographicLength: (object) => one(lengthOf(object)),
  CryptographicDomainParameters: ({ algorithm }) =>
    one(kmipAlgorithm(algorithm)?.curve).map((recommendedCurve) => ({ recommendedCurve })),
  CryptographicUsageMask: ({ usage }, version) => [maskIn(version, usage)],
  State: ({ state }) => [stateNumber(state)],
  InitialDate: ({ dates }) => [dates.created],
  ActivationDate: ({ dates }) => one(dates.activation ?? dates.activated),
  ProcessStartDate: ({ dates }) => one(dates.processStart),
  ProtectStopDate: ({ dates }) => one(dates.protectStop),
  DeactivationDate: ({ dates }) => one(dates.deactivated ?? dates.deactivation),
  DestroyDate: ({ dates }) => one(dates.destroyed),
  CompromiseDate: ({ dates }) => one(dates.compromised),
  CompromiseOccurrenceDate: ({ dates }) => one(dates.compromiseOccurred),
  ArchiveDate: ({ dates }) => one(dates.archived),
  LastChangeDate: ({ changedAt }) => [changedAt],
  OriginalCreationDate: ({ dates, origin }) => (origin === "made" ? [dates.created] : []),
  LeaseTime: () => [LEASE_SECONDS],
  Link: ({ links }) =>
    links.flatMap(({ kind, id }) => {
      const linkType = findLinkType(kind);
      return linkType === null ? [] : [{ linkType, linkedObjectIdentifier: KEY_ID.test(id) ? identifierOf(id) : id }];
    }),
  UsageLimits: ({ limits }) =>
    one(limits).map(({ unit, total, remaining }) => ({
      usageLimitsTotal: BigInt(total),
      usageLimitsCount: BigInt(remaining),
      usageLimitsUnit: unit === "byte" ? ENUM.UsageLimitsUnit.Byte : ENUM.UsageLimitsUnit.Object,
    })),
  Digest: ({ attributes }) => digestIn(attributes["digest"]),
  Fresh: ({ attributes }) => [attributes["released"] !== true],
  Sensitive: ({ sensitive }) => [sensitive],
  AlwaysSensitive: ({ sensitive }) => [sensitive],
  Extractable: ({ extractable }) => [extractable],
  NeverExtractable: ({ extractable }) => [!extractable],
  KeyFormatType: (object) => one(formatOfObject(object)),
  RandomNumberGenerator: ({ origin }) =>
    origin === "made" ? [{ rngAlgorithm: ENUM.RNGAlgorithm.DRBG, drbgAlgorithm: ENUM.DRBGAlgorithm.CTR }] : [],
  ShortUniqueIdentifier: ({ id }) => [shortIdentifierOf(id)],
  ProtectionStorageMask: () => [MASK.ProtectionStorageMask.Software],
};

/** What is kept in the bag although the record has a field for it too: what the client said where the record says nothing. */
const IN_BAG_IF_UNSAID: ReadonlySet<AttributeName> = new Set([
  "OriginalCreationDate",
  "RandomNumberGenerator",
  "KeyFormatType",
  "CryptographicDomainParameters",
]);

/** Whether an attribute is a field of the record or follows from one: it is never looked for in the bag first. */
export function isOfRecord(name: AttributeName): boolean {
  return name in SOURCES && !IN_BAG_IF_UNSAID.has(name);
}

/** The Key Format Type in which an object came, or in which it is given out when nobody says one. */
export function formatOfObject(object: ObjectView): number | null {
  const [kept] = instancesIn(object.attributes, { name: "KeyFormatType" });
  if (kept !== undefined) return kept.value as number;
  return defaultFormat(object);
}

/** All attributes of an object that a version has and its kind may have, in the order in which they are listed. */
export function attributesOf(object: ObjectView, version: KmipVersion): Attribute[] {
  const ofRecord = (Object.keys(SOURCES) as AttributeName[]).flatMap((name) => valuesOf(object, { name }, version));
  const kept = attributesIn(object.attributes).filter((each) => each.name === undefined || !(each.name in SOURCES));
  return [...ofRecord, ...kept.filter((each) => isFor(object, each, version))];
}

/** The instances of one attribute of an object. */
export function valuesOf(object: ObjectView, reference: AttributeReference, version: KmipVersion): Attribute[] {
  if (!isFor(object, reference, version)) return [];
  const kept = instancesIn(object.attributes, reference).map(({ index, value }) => ({ index, value }));
  const { name } = reference;
  const source = name === undefined ? undefined : SOURCES[name];
  const values =
    source !== undefined && (kept.length === 0 || isOfRecord(name as AttributeName))
      ? source(object, version).map((value, index) => ({ index, value: value as unknown }))
      : kept;
  return values.map(({ index, value }) => ({ ...reference, ...(index === 0 ? {} : { index }), value }) as Attribute);
}

/** Whether an object of its kind may have an attribute, in a version. */
export function isFor(object: ObjectView, { name }: AttributeReference, version: KmipVersion): boolean {
  if (name === undefined) return true;
  if (!hasAttribute(version, name)) return false;
  const appliesTo = attributeRule(version, name)?.appliesTo ?? null;
  return appliesTo === null || appliesTo.includes(objectTypeOf(object));
}

function shortIdentifierOf(id: string): Buffer {
  return Buffer.from(identifierOf(id).replaceAll("-", ""), "hex");
}

function digestIn(kept: unknown): AttributeValues["Digest"][] {
  const digest = kept as { readonly sha256?: string; readonly format?: string } | undefined;
  if (typeof digest?.sha256 !== "string") return [];
  return [
    {
      hashingAlgorithm: ENUM.HashingAlgorithm.SHA_256,
      digestValue: Buffer.from(digest.sha256, "base64url"),
      keyFormatType: DIGESTED[digest.format ?? ""] ?? ENUM.KeyFormatType.Raw,
    },
  ];
}

const F = ENUM.KeyFormatType;
const DIGESTED: Readonly<Record<string, number>> = {
  raw: F.Raw,
  pkcs1: F.PKCS_1,
  pkcs8: F.PKCS_8,
  sec1: F.ECPrivateKey,
  spki: F.X_509,
  x509: F.X_509,
  pgp: F.Raw,
};
