import type { Attribute } from "@holdfast/kmip";
import { addInstance, atIndex, indexOfNext } from "../attributes/change-attribute.ts";
import { valuesOf } from "../attributes/object-attributes.ts";
import { changeAttributes } from "../change-attributes.ts";
import type { KmipContext } from "../kmip-context.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Adds an attribute, or an instance of one. @see KMIP 2.1 section 6.1.2 */
export const addAttribute: KmipOperation<"AddAttribute"> = async (context, { uniqueIdentifier, attribute }) => {
  let index = 0;
  const { identifier, name } = await changeAttributes(context, uniqueIdentifier, (object) => {
    index = attribute.index ?? indexOfNext(context, object, attribute);
    return addInstance(context, object, attribute);
  });
  return { uniqueIdentifier: identifier, attribute: completed(context, name, atIndex(attribute, index)) };
};

/** Of limits the server says what is left. */
function completed({ operations, caller, version }: KmipContext, name: string, attribute: Attribute): Attribute {
  if (attribute.name !== "UsageLimits") return attribute;
  return valuesOf(operations.describeObject(caller, name), attribute, version)[0] ?? attribute;
}
