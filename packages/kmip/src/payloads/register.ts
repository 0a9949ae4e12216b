import { attributeList } from "../attributes/attribute-fields.ts";
import { required } from "../fields/field.ts";
import { enumeration, identifier } from "../fields/values.ts";
import { managedObject } from "../objects/managed-object.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Takes an object that was made elsewhere.
 *
 * @see KMIP 1.4 section 4.3
 */
export const register = operation(
  {
    objectType: required(TAG.ObjectType, enumeration),
    attributes: attributeList("required", TAG.TemplateAttribute, TAG.Attributes),
    object: managedObject("required"),
    protectionStorageMasks,
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
