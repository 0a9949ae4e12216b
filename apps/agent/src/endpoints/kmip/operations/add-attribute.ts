import { addInstance, atIndex, indexOfNext } from "../attributes/change-attribute.ts";
import { changeAttributes } from "../change-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Adds an attribute, or an instance of one. @see KMIP 2.1 section 6.1.2 */
export const addAttribute: KmipOperation<"AddAttribute"> = async (context, { uniqueIdentifier, attribute }) => {
  let index = 0;
  const { identifier } = await changeAttributes(context, uniqueIdentifier, (object) => {
    index = attribute.index ?? indexOfNext(context, object, attribute);
    return addInstance(context, object, attribute);
  });
  return { uniqueIdentifier: identifier, attribute: atIndex(attribute, index) };
};
