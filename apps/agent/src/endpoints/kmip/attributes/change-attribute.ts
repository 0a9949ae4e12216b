import {
  type Attribute,
  type AttributeReference,
  type AttributeRule,
  attributeRule,
  hasAttribute,
  type KmipVersion,
} from "@holdfast/kmip";
import type { AttributeChange } from "../../../operations/attribute-change.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { limitsFrom, linkFrom, nameFrom } from "./attribute-values.ts";
import { type Instance, instancesIn, withInstances } from "./bag.ts";
import { isSameValue } from "./locate-query.ts";
import { isOfRecord, valuesOf } from "./object-attributes.ts";
import { nextIndex } from "./object-settings.ts";
import { objectTypeOf } from "./object-types.ts";

/** An attribute's instances as they shall be. */
interface Wanted {
  readonly reference: AttributeReference;
  readonly instances: readonly Instance[];
}

/**
 * Adds an instance of an attribute.
 *
 * @throws KmipRefusedError `AttributeReadOnly`, `AttributeSingleValued`, `InvalidAttribute`
 */
export function addInstance(context: KmipContext, object: ObjectView, attribute: Attribute): AttributeChange {
  const { version } = context;
  const rule = ruleOf(version, object, attribute);
  if (rule !== null && !rule.setByClient) readOnly(attribute);
  const before = instancesOf(object, attribute, version);
  const isMany = rule === null ? true : rule.multipleInstances !== "no";
  if (before.length > 0 && !isMany) refuse("AttributeSingleValued", "The attribute has a value already.");
  if (before.some(({ value }) => isSameValue(value, attribute.value)))
    refuse(rule === null ? "AttributeSingleValued" : "InvalidField", "The attribute has this value already.");
  return changeTo(context, object, { reference: attribute, instances: appended(before, attribute) });
}

/** The index that the next instance of an attribute gets. */
export function indexOfNext({ version }: KmipContext, object: ObjectView, attribute: Attribute): number {
  return nextIndex(instancesOf(object, attribute, version));
}

/** An attribute as it is told: with the index of its instance, which is left out where it is 0. */
export function atIndex(attribute: Attribute, index: number): Attribute {
  const { index: _, ...rest } = attribute;
  return (index === 0 ? rest : { ...rest, index }) as Attribute;
}

/**
 * Changes an instance of an attribute: the one with the index, or with the present value, or the only one.
 *
 * @param current - The present value, where the request names it.
 * @throws KmipRefusedError `AttributeReadOnly`, `AttributeNotFound`, `AttributeInstanceNotFound`
 */
export function modifyInstance(
  context: KmipContext,
  object: ObjectView,
  attribute: Attribute,
  current?: Attribute,
): AttributeChange {
  const rule = ruleOf(context.version, object, attribute);
  if (rule !== null && rule.modifiableByClient === "no") readOnly(attribute);
  const before = instancesOf(object, attribute, context.version);
  const at = placeOf(before, { index: attribute.index, current });
  const instances = before.map((each, place) => (place === at ? { ...each, value: attribute.value } : each));
  return changeTo(context, object, { reference: attribute, instances });
}

/** Gives an attribute of one instance a value, whether it had one or not. @throws KmipRefusedError */
export function setInstance(context: KmipContext, object: ObjectView, attribute: Attribute): AttributeChange {
  const rule = ruleOf(context.version, object, attribute);
  if (rule !== null && rule.multipleInstances !== "no")
    refuse("MultiValuedAttribute", "An attribute that may have several values is added to.");
  const before = instancesOf(object, attribute, context.version);
  return before.length === 0 ? addInstance(context, object, attribute) : modifyInstance(context, object, attribute);
}

/** What is to be deleted. */
export interface Deletion {
  readonly reference: AttributeReference;
  readonly index?: number | undefined;
  readonly current?: Attribute | undefined;
  /** Whether a reference alone takes all instances away (2.x). */
  readonly all: boolean;
}

/**
 * Deletes an instance of an attribute, or all.
 *
 * @returns the change, and what was deleted
 * @throws KmipRefusedError `AttributeReadOnly`, `AttributeNotFound`, `AttributeInstanceNotFound`
 */
export function deleteInstance(
  context: KmipContext,
  object: ObjectView,
  { reference, index, current, all }: Deletion,
): { readonly change: AttributeChange; readonly deleted: Instance } {
  const rule = ruleOf(context.version, object, reference);
  if (rule !== null && rule.deletableByClient === "no") readOnly(reference);
  const before = instancesOf(object, reference, context.version);
  const at = placeOf(before, { index, current });
  const instances = all && current === undefined ? [] : before.filter((_, place) => place !== at);
  return { change: changeTo(context, object, { reference, instances }), deleted: before[at] as Instance };
}

function readOnly(reference: AttributeReference): never {
  refuse("AttributeReadOnly", `${reference.name ?? reference.label} is not changed by clients.`);
}

/** The rule of an attribute for an object; null for vendors' attributes. @throws KmipRefusedError */
function ruleOf(version: KmipVersion, object: ObjectView, reference: AttributeReference): AttributeRule | null {
  if (reference.name === undefined) {
    if (reference.vendor === "y") readOnly(reference);
    if (reference.vendor === "") refuse("InvalidAttribute", "There is no such attribute.");
    return null;
  }
  const { name } = reference;
  const rule = hasAttribute(version, name) ? attributeRule(version, name) : attributeRule("2.1", name);
  if (rule?.appliesTo && !rule.appliesTo.includes(objectTypeOf(object)))
    refuse("InvalidAttribute", `${name} is no attribute of this type of object.`);
  return rule;
}

function instancesOf(object: ObjectView, reference: AttributeReference, version: KmipVersion): readonly Instance[] {
  const { name } = reference;
  const ofRecord = name !== undefined && (isOfRecord(name) || instancesIn(object.attributes, reference).length === 0);
  if (!ofRecord) return instancesIn(object.attributes, reference);
  const known = name !== undefined && hasAttribute(version, name) ? version : "2.1";
  return valuesOf(object, reference, known).map(({ index = 0, value }) => ({ index, value }));
}

function placeOf(
  before: readonly Instance[],
  { index, current }: { readonly index?: number | undefined; readonly current?: Attribute | undefined },
): number {
  if (before.length === 0) refuse("AttributeNotFound", "The object has no such attribute.");
  const at = before.findIndex((each) =>
    current === undefined ? each.index === (index ?? before[0]?.index) : isSameValue(each.value, current.value),
  );
  if (at === -1) refuse("AttributeInstanceNotFound", "The attribute has no such instance.");
  return at;
}

function appended(before: readonly Instance[], { index, value }: Attribute): readonly Instance[] {
  return [...before, { index: index ?? nextIndex(before), value }];
}

/** The change of the record that gives an attribute these instances. @throws KmipRefusedError */
function changeTo(context: KmipContext, object: ObjectView, { reference, instances }: Wanted): AttributeChange {
  const values = instances.map(({ value }) => value as never);
  const [first] = values;
  switch (reference.name) {
    case "Name":
      return { names: values.map(nameFrom) };
    case "Link":
      return { links: values.map((link) => linkFrom(context, link)) };
    case "ActivationDate":
      return { dates: { activation: first ?? null } };
    case "ProcessStartDate":
      return { dates: { processStart: first ?? null } };
    case "ProtectStopDate":
      return { dates: { protectStop: first ?? null } };
    case "DeactivationDate":
      return { dates: { deactivation: first ?? null } };
    case "UsageLimits":
      return { limits: first === undefined ? null : limitsFrom(first) };
    case "Sensitive":
    case "Extractable":
      return refuse("PermissionDenied", "Whether material may leave is decided when an object is made.");
    default:
      if (reference.name !== undefined && isOfRecord(reference.name)) readOnly(reference);
      return { attributes: withInstances(object.attributes, reference, instances) };
  }
}
