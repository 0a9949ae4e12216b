import { attributesInline } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { enumeration, identifier } from "../fields/values.ts";
import { keyWrappingSpecification } from "../objects/key-wrapping.ts";
import { managedObject } from "../objects/managed-object.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives an object with all its attributes.
 *
 * @see KMIP 1.4 section 4.40
 */
export const exportObject = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    keyFormatType: optional(TAG.KeyFormatType, enumeration),
    keyWrapType: optional(TAG.KeyWrapType, enumeration, { since: "1.4" }),
    keyCompressionType: optional(TAG.KeyCompressionType, enumeration),
    keyWrappingSpecification: optional(TAG.KeyWrappingSpecification, keyWrappingSpecification),
  },
  {
    objectType: required(TAG.ObjectType, enumeration),
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributesInline("required"),
    object: managedObject("required"),
  },
);
