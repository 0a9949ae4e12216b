import { attributesInline } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { enumeration, identifier } from "../fields/values.ts";
import { managedObject } from "../objects/managed-object.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives a client an object. Sent by the server.
 *
 * @see KMIP 1.4 section 5.2
 */
export const put = operation(
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    putFunction: required(TAG.PutFunction, enumeration),
    replacedUniqueIdentifier: optional(TAG.ReplacedUniqueIdentifier, identifier),
    object: managedObject("required"),
    attributes: attributesInline("optional"),
  },
  {},
);
