import {
  type Attribute,
  type AttributeName,
  attributeRule,
  findAttribute,
  findAttributes,
  isAttributeOf,
} from "@holdfast/kmip";
import { grantPermits } from "@holdfast/protocol";
import type { AttributeBag, ObjectLink, ObjectName } from "../../../keystore/records.ts";
import type { ObjectSettings, PlannedDates } from "../../../operations/new-object.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { limitsFrom, linkFrom, nameFrom } from "./attribute-values.ts";
import { type Instance, instancesIn, withInstances } from "./bag.ts";
import { type DoorAlgorithm, isQuantumSafe } from "./key-algorithms.ts";
import { isOfRecord } from "./object-attributes.ts";
import { usageOfMask } from "./usage-mask.ts";

/** Attributes that the server sets by itself, from what the client says when it makes or brings an object. */
const SAID_BY_REQUEST: ReadonlySet<AttributeName> = new Set([
  "ObjectType",
  "CryptographicAlgorithm",
  "CryptographicLength",
  "CryptographicDomainParameters",
  "CertificateType",
  "CertificateLength",
  "KeyFormatType",
  "OpaqueDataType",
  "ProtectionStorageMask",
]);

/** Attributes of a request that decide what is made; they are no attributes to keep. */
const DECIDED_ELSEWHERE: ReadonlySet<AttributeName> = new Set([
  ...SAID_BY_REQUEST,
  "Name",
  "Link",
  "CryptographicUsageMask",
  "ActivationDate",
  "ProcessStartDate",
  "ProtectStopDate",
  "DeactivationDate",
  "UsageLimits",
  "Sensitive",
  "Extractable",
  "Fresh",
]);

/**
 * What a client says of an object that it makes or brings along, in the door's terms.
 *
 * @throws KmipRefusedError for attributes that a client does not set, or sets twice
 */
export function settingsOf(context: KmipContext, attributes: readonly Attribute[]): ObjectSettings {
  assertGivable(context, attributes);
  const mask = findAttribute(attributes, "CryptographicUsageMask");
  const group = groupFor(context, findAttributes(attributes, "ObjectGroup"));
  const limits = findAttribute(attributes, "UsageLimits");
  return {
    usage: mask === undefined ? [] : usageOfMask(mask),
    group,
    extractable: findAttribute(attributes, "Extractable") ?? context.operations.mayExtract(context.caller, group),
    sensitive: findAttribute(attributes, "Sensitive") ?? false,
    dates: datesOf(attributes),
    names: namesOf(attributes),
    links: linksOf(context, attributes),
    attributes: bagOf(attributes),
    ...(limits === undefined ? {} : { limits: limitsFrom(limits) }),
  };
}

/** The names that a client gives. */
export function namesOf(attributes: readonly Attribute[]): ObjectName[] {
  return findAttributes(attributes, "Name").map(nameFrom);
}

/** The dates that a client plans. */
export function datesOf(attributes: readonly Attribute[]): PlannedDates {
  const dates = {
    activation: findAttribute(attributes, "ActivationDate"),
    processStart: findAttribute(attributes, "ProcessStartDate"),
    protectStop: findAttribute(attributes, "ProtectStopDate"),
    deactivation: findAttribute(attributes, "DeactivationDate"),
  };
  return Object.fromEntries(Object.entries(dates).filter(([, date]) => date !== undefined));
}

function linksOf(context: KmipContext, attributes: readonly Attribute[]): ObjectLink[] {
  return findAttributes(attributes, "Link").map((link) => linkFrom(context, link));
}

/** Attributes that the record has no field for. */
export function bagOf(attributes: readonly Attribute[], before: AttributeBag = {}): AttributeBag {
  let bag = before;
  for (const attribute of attributes) {
    const { name, index } = attribute;
    if (name !== undefined && (DECIDED_ELSEWHERE.has(name) || isOfRecord(name))) continue;
    const instances = instancesIn(bag, attribute);
    const next = index ?? nextIndex(instances);
    bag = withInstances(bag, attribute, [...instances, { index: next, value: attribute.value }]);
  }
  return bag;
}

/** The index of one more instance. */
export function nextIndex(instances: readonly Instance[]): number {
  return instances.reduce((next, { index }) => Math.max(next, index + 1), 0);
}

/** @throws KmipRefusedError for attributes that a client does not set, or sets twice */
export function assertGivable(context: KmipContext, attributes: readonly Attribute[]): void {
  for (const attribute of attributes) assertSettable(context, attribute);
  assertSingle(context, attributes);
}

/** @throws KmipRefusedError */
function assertSettable({ version }: KmipContext, attribute: Attribute): void {
  const { name } = attribute;
  if (name === undefined) {
    if (attribute.vendor === "y") refuse("AttributeReadOnly", "Attributes of the server are not set by clients.");
    if (attribute.vendor === "") refuse("InvalidAttribute", "There is no such attribute.");
    if (attribute.value === undefined) refuse("InvalidAttributeValue", "The attribute has no value.");
    return;
  }
  if (!isAttributeOf(version, attribute)) return; // clients mix versions
  const rule = attributeRule(version, name);
  if (rule !== null && !rule.setByClient && !SAID_BY_REQUEST.has(name))
    refuse("AttributeReadOnly", `${name} is not set by clients.`);
}

/** @throws KmipRefusedError */
function assertSingle({ version }: KmipContext, attributes: readonly Attribute[]): void {
  const seen = new Set<AttributeName>();
  for (const { name } of attributes) {
    if (name === undefined) continue;
    const single = attributeRule(version, name)?.multipleInstances === "no";
    if (single && seen.has(name)) refuse("AttributeSingleValued", `${name} is given twice.`);
    seen.add(name);
  }
}

/**
 * The group to which a new object belongs: one that the client names as Object Group, if its grants name it too; else
 * the group that it may create in.
 */
function groupFor({ caller }: KmipContext, asked: readonly string[]): string {
  const groups = caller.client.grants.flatMap(({ ops, keys }) =>
    keys.kind === "group" && (grantPermits(ops, "create") || grantPermits(ops, "import")) ? [keys.id] : [],
  );
  const named = asked.find((each) => groups.includes(each));
  if (named !== undefined) return named;
  const anywhere = caller.client.grants.some(({ ops, keys }) => keys.kind !== "group" && grantPermits(ops, "create"));
  return anywhere || groups.includes("default") ? "default" : (groups[0] ?? "default");
}

/** A key that shall be safe from quantum computers is not made of an algorithm that is not. @throws KmipRefusedError */
export function assertQuantumSafe(attributes: readonly Attribute[], algorithm: DoorAlgorithm): void {
  if (findAttribute(attributes, "QuantumSafe") === true && !isQuantumSafe(algorithm))
    refuse("GeneralFailure", "A key of this algorithm and length is not safe from quantum computers.");
}
