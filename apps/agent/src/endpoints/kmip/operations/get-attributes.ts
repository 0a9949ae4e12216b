import type { Attribute, AttributeReference, KmipVersion } from "@holdfast/kmip";
import { attributesOf, valuesOf } from "../attributes/object-attributes.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Versions in which asking twice for an attribute is an error. @see KMIP 1.4 section 11.11 */
const REFUSES_DOUBLED: ReadonlySet<KmipVersion> = new Set(["1.1", "1.2", "1.3", "1.4"]);

/** Tells attributes of an object: those asked for that it has, or all. @see KMIP 2.1 section 6.1.22 */
export const getAttributes: KmipOperation<"GetAttributes"> = (context, { uniqueIdentifier, attributeReferences }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  const { operations, caller, version } = context;
  const object = operations.describeObject(caller, name);
  if (REFUSES_DOUBLED.has(version) && distinct(attributeReferences ?? []).length < (attributeReferences ?? []).length)
    refuse("InvalidMessage", "An attribute is asked for twice.");
  const attributes: Attribute[] =
    attributeReferences === undefined || attributeReferences.length === 0
      ? attributesOf(object, version)
      : distinct(attributeReferences).flatMap((each) => valuesOf(object, each, version));
  return { uniqueIdentifier: identifier, attributes };
};

/** An attribute that is asked for twice is told once. */
function distinct(references: readonly AttributeReference[]): readonly AttributeReference[] {
  const seen = new Map(references.map((each) => [each.name ?? `${each.vendor}/${each.label}`, each]));
  return [...seen.values()];
}
