import type { Attribute, AttributeReference } from "@holdfast/kmip";
import type { ObjectView } from "../../../operations/object-view.ts";
import { bagName } from "../attributes/bag.ts";
import { fits } from "../attributes/locate-query.ts";
import { isFor, valuesOf } from "../attributes/object-attributes.ts";
import { objectTypeNumber } from "../attributes/object-types.ts";
import type { KmipSession } from "../kmip-answerer.ts";
import { refuse } from "../refused.ts";
import { clientRules, isAbout, RULES, type Rule } from "./client-rules.ts";

/** Constraints are of 2.1, and say what they say there whatever version an object is made in. */
const VERSION = "2.1";

/**
 * Holds an object that is about to be made against the constraints that its client has set.
 *
 * It must have each attribute of a constraint that objects of its kind can have, with the value of the constraint, or one of
 * its values where the constraint names the attribute several times. Of a Cryptographic Usage Mask it may have fewer bits.
 *
 * @throws KmipRefusedError Constraint Violation
 */
export function judgeNew(session: KmipSession, object: ObjectView): void {
  if (object.attributes[RULES] !== undefined) return;
  const { constraints } = clientRules(session);
  const type = objectTypeNumber(object);
  const groups = [object.group, ...textsOf(object, { name: "ObjectGroup" })];
  for (const rule of constraints) if (isAbout(rule, type, groups)) judge(rule, object);
}

function judge({ attributes }: Rule, object: ObjectView): void {
  const allowed = new Map<string, Attribute[]>();
  for (const each of attributes) allowed.set(bagName(each), [...(allowed.get(bagName(each)) ?? []), each]);
  for (const values of allowed.values()) {
    const [first] = values;
    if (first === undefined || !isFor(object, first, VERSION)) continue;
    const found = valuesOf(object, first, VERSION);
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
