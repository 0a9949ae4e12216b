import type { AttributeReference } from "@holdfast/kmip";
import { attributesOf } from "../attributes/object-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Tells which attributes an object has. @see KMIP 2.1 section 6.1.21 */
export const getAttributeList: KmipOperation<"GetAttributeList"> = (context, { uniqueIdentifier }) => {
  const { identifier, name } = context.object(uniqueIdentifier);
  const { operations, caller, version } = context;
  const seen = new Map<string, AttributeReference>();
  for (const each of attributesOf(operations.describeObject(caller, name), version)) {
    if (each.name !== undefined) seen.set(each.name, { name: each.name });
    else seen.set(`${each.vendor}/${each.label}`, { vendor: each.vendor, label: each.label });
  }
  return { uniqueIdentifier: identifier, attributeReferences: [...seen.values()] };
};
