import { requiredAttributeReference } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { anyItem, enumeration, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Adds to, takes from or negates an attribute.
 *
 * @see KMIP 2.1 section 6.1
 */
export const adjustAttribute = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    attributeReference: requiredAttributeReference,
    adjustmentType: required(TAG.AdjustmentType, enumeration),
    adjustmentValue: optional(TAG.AdjustmentValue, anyItem),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
