import type { Attribute, AttributeReference } from "@holdfast/kmip";
import { attributesOf, valuesOf } from "../attributes/object-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Tells attributes of an object: those asked for that it has, or all. @see KMIP 2.1 section 6.1.22 */
export const getAttributes: KmipOperation<"GetAttributes"> = (context, { uniqueIdentifier, attributeReferences }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  const { operations, caller, version } = context;
  const object = operations.describeObject(caller, name);
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
