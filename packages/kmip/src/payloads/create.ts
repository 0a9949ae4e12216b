import { attributeList } from "../attributes/attribute-fields.ts";
import { required } from "../fields/field.ts";
import { enumeration, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Makes a symmetric key.
 *
 * @see KMIP 1.4 section 4.1
 */
export const create = operation(
  {
    objectType: required(TAG.ObjectType, enumeration),
    attributes: attributeList("required", TAG.TemplateAttribute, TAG.Attributes),
    protectionStorageMasks,
  },
  {
    objectType: required(TAG.ObjectType, enumeration),
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
