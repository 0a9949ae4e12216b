import type { Attribute, StandardAttribute } from "./attribute.ts";
import type { AttributeName, AttributeValues } from "./attribute-table.ts";

/** The values of all instances of an attribute of the specification, in order. */
export function findAttributes<N extends AttributeName>(
  attributes: readonly Attribute[],
  name: N,
): readonly AttributeValues[N][] {
  return attributes.filter((each) => each.name === name).map((each) => (each as StandardAttribute<N>).value);
}

/** The value of the first instance of an attribute of the specification, or undefined. */
export function findAttribute<N extends AttributeName>(
  attributes: readonly Attribute[],
  name: N,
): AttributeValues[N] | undefined {
  return findAttributes(attributes, name)[0];
}
