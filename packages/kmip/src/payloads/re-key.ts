import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier, interval } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Makes a symmetric key that replaces another.
 *
 * @see KMIP 1.4 section 4.4
 */
export const reKey = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    offset: optional(TAG.Offset, interval),
    attributes: attributeList("optional", TAG.TemplateAttribute, TAG.Attributes),
    protectionStorageMasks,
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
