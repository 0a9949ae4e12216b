import { type Attribute, isVersion2 } from "@holdfast/kmip";
import { attributeOf } from "../attributes/bag.ts";
import { deleteInstance } from "../attributes/change-attribute.ts";
import { changeAttributes } from "../change-attributes.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Deletes an instance of an attribute; in 2.x a reference without a value all of them. @see KMIP 2.1 section 6.1.14 */
export const deleteAttribute: KmipOperation<"DeleteAttribute"> = async (context, payload) => {
  const { currentAttribute: current, attributeReference, attributeIndex: index } = payload;
  const reference = current ?? attributeReference ?? refuse("InvalidField", "No attribute is named.");
  let deleted: Attribute | undefined;
  const { identifier } = await changeAttributes(context, payload.uniqueIdentifier, (object) => {
    const done = deleteInstance(context, object, { reference, index, current, all: isVersion2(context.version) });
    deleted = attributeOf(nameOf(reference), done.deleted);
    return done.change;
  });
  return { uniqueIdentifier: identifier, attribute: deleted };
};

function nameOf(reference: Parameters<typeof attributeOf>[0]): Parameters<typeof attributeOf>[0] {
  return reference.name === undefined ? { vendor: reference.vendor, label: reference.label } : { name: reference.name };
}
