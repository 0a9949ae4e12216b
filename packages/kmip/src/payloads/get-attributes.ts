import { attributeReferences, attributesInline } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives attributes of an object: those named, or all.
 *
 * @see KMIP 1.4 section 4.12
 */
export const getAttributes = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    attributeReferences,
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributesInline("optional"),
  },
);
