import { echoedAttribute, oneAttribute } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Changes an attribute; in 2.x `currentAttribute` says which instance, in 1.x its index.
 *
 * @see KMIP 1.4 section 4.15
 */
export const modifyAttribute = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    currentAttribute: oneAttribute("optional", null, TAG.CurrentAttribute),
    attribute: oneAttribute("required", TAG.Attribute, TAG.NewAttribute),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attribute: echoedAttribute,
  },
);
