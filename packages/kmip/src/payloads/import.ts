import { attributesInline } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { boolean, enumeration, identifier } from "../fields/values.ts";
import { managedObject } from "../objects/managed-object.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Takes an object with all its attributes and its identifier.
 *
 * @see KMIP 1.4 section 4.41
 */
export const importObject = operation(
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    objectType: optional(TAG.ObjectType, enumeration),
    replaceExisting: optional(TAG.ReplaceExisting, boolean),
    keyWrapType: optional(TAG.KeyWrapType, enumeration),
    attributes: attributesInline("required"),
    object: managedObject("required"),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
