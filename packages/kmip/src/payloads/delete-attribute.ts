import { echoedAttribute, oneAttribute, oneAttributeReference } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Deletes an attribute: by name and index in 1.x, by name or present value in 2.x.
 *
 * @see KMIP 1.4 section 4.16
 */
export const deleteAttribute = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    currentAttribute: oneAttribute("optional", null, TAG.CurrentAttribute),
    attributeReference: oneAttributeReference,
    attributeIndex: optional(TAG.AttributeIndex, integer, { until: "1.4" }),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attribute: echoedAttribute,
  },
);
