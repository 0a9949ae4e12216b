import { setInstance } from "../attributes/change-attribute.ts";
import { changeAttributes } from "../change-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Gives an attribute of one value this value. @see KMIP 2.1 section 6.1.50 */
export const setAttribute: KmipOperation<"SetAttribute"> = async (context, { uniqueIdentifier, attribute }) => {
  const { identifier } = await changeAttributes(context, uniqueIdentifier, (object) =>
    setInstance(context, object, attribute),
  );
  return { uniqueIdentifier: identifier };
};
