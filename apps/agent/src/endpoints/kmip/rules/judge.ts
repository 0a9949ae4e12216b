import type { Attribute, AttributeReference } from "@holdfast/kmip";
import type { ObjectView } from "../../../operations/object-view.ts";
import { bagName } from "../attributes/bag.ts";
import { fits, isSameValue } from "../attributes/locate-query.ts";
import { isFor, valuesOf } from "../attributes/object-attributes.ts";
import { objectTypeNumber } from "../attributes/object-types.ts";
import type { KmipSession } from "../kmip-answerer.ts";
import { refuse } from "../refused.ts";
import { clientRules, isAbout, type Rule } from "./client-rules.ts";

/** Constraints are of 2.1, and say what they say there whatever version an object is made in. */
const VERSION = "2.1";

/**
 * Holds an object that is about to be made, or whose attributes are about to change, against the constraints that the
 * client has set.
 *
 * It must have each attribute of a constraint that objects of its kind can have, with the value of the constraint, or one of
 * its values where the constraint names the attribute several times. Of a Cryptographic Usage Mask it may have fewer bits.
 * A change is held against what it changes: an attribute that stays as it was, under constraints that were about the object
 * before, may be older than they are.
 *
 * @throws KmipRefusedError Constraint Violation
 */
export function judge(session: KmipSession, object: ObjectView, before?: ObjectView): void {
  for (const rule of clientRules(session).constraints) {
    if (!isAboutObject(rule, object)) continue;
    const was = before !== undefined && isAboutObject(rule, before) ? before : null;
    judgeBy(rule, object, was);
  }
}

function isAboutObject(rule: Rule, object: ObjectView): boolean {
  return isAbout(rule, objectTypeNumber(object), [object.group, ...textsOf(object, { name: "ObjectGroup" })]);
}

function judgeBy({ attributes }: Rule, object: ObjectView, before: ObjectView | null): void {
  const allowed = new Map<string, Attribute[]>();
  for (const each of attributes) allowed.set(bagName(each), [...(allowed.get(bagName(each)) ?? []), each]);
  for (const values of allowed.values()) {
    const [first] = values;
    if (first === undefined || !isFor(object, first, VERSION)) continue;
    const found = valuesOf(object, first, VERSION);
    if (before !== null && isSameValue(found, valuesOf(before, first, VERSION))) continue;
    if (!found.some(({ value }) => values.some((each) => isWithin(each, value))))
      refuse("ConstraintViolation", `A constraint of this client says otherwise of ${first.name ?? first.label}.`);
  }
}

function isWithin({ name, value: asked }: Attribute, value: unknown): boolean {
  if (name === "CryptographicUsageMask") return ((value as number) & ~asked) === 0;
  return fits(asked, value);
}

function textsOf(object: ObjectView, reference: AttributeReference): string[] {
  return valuesOf(object, reference, VERSION).map(({ value }) => String(value));
}
