import { attributeReferences } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Names the attributes of an object.
 *
 * @see KMIP 1.4 section 4.13
 */
export const getAttributeList = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributeReferences,
  },
);
