import { atIndex, modifyInstance } from "../attributes/change-attribute.ts";
import { changeAttributes } from "../change-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Changes an instance of an attribute. @see KMIP 2.1 section 6.1.30 */
export const modifyAttribute: KmipOperation<"ModifyAttribute"> = async (context, payload) => {
  const { uniqueIdentifier, attribute, currentAttribute } = payload;
  const { identifier } = await changeAttributes(context, uniqueIdentifier, (object) =>
    modifyInstance(context, object, attribute, currentAttribute),
  );
  return { uniqueIdentifier: identifier, attribute: atIndex(attribute, attribute.index ?? 0) };
};
