import { oneAttribute } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Sets an attribute, whether or not it had a value.
 *
 * @see KMIP 2.1 section 6.1
 */
export const setAttribute = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    attribute: oneAttribute("required", null, TAG.NewAttribute),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
