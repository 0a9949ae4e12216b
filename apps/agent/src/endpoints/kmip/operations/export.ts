import { attributesOf } from "../attributes/object-attributes.ts";
import { objectTypeNumber } from "../attributes/object-types.ts";
import { objectOut } from "./get.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Gives an object out with all its attributes. @see KMIP 2.1 section 6.1.19 */
export const exportObject: KmipOperation<"Export"> = async (context, payload) => {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const attributes = attributesOf(context.operations.describeObject(context.caller, name), context.version);
  const { view, object } = await objectOut(context, name, payload);
  return { objectType: objectTypeNumber(view), uniqueIdentifier: identifier, attributes, object };
};
