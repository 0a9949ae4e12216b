import { echoedAttribute, oneAttribute } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Adds an attribute, or an instance of one.
 *
 * @see KMIP 1.4 section 4.14
 */
export const addAttribute = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    attribute: oneAttribute("required", TAG.Attribute, TAG.NewAttribute),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attribute: echoedAttribute,
  },
);
