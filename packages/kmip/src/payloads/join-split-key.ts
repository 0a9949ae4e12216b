import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, required, someOf } from "../fields/field.ts";
import { enumeration, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Makes an object from the parts of a split key.
 *
 * @see KMIP 1.4 section 4.39
 */
export const joinSplitKey = operation(
  {
    objectType: required(TAG.ObjectType, enumeration),
    uniqueIdentifier: someOf(TAG.UniqueIdentifier, identifier),
    secretDataType: optional(TAG.SecretDataType, enumeration),
    attributes: attributeList("optional", TAG.TemplateAttribute, TAG.Attributes),
    protectionStorageMasks,
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
