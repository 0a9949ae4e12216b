import { addInstance } from "../attributes/change-attribute.ts";
import { changeAttributes } from "../change-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Adds an attribute, or an instance of one. @see KMIP 2.1 section 6.1.2 */
export const addAttribute: KmipOperation<"AddAttribute"> = async (context, { uniqueIdentifier, attribute }) => {
  const { identifier } = await changeAttributes(context, uniqueIdentifier, (object) =>
    addInstance(context, object, attribute),
  );
  return { uniqueIdentifier: identifier, attribute };
};
