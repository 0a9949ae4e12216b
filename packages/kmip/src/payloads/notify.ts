import { attributesInline } from "../attributes/attribute-fields.ts";
import { attributeReference } from "../attributes/attribute-reference.ts";
import { repeated, required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Tells a client of changed attributes. Sent by the server.
 *
 * @see KMIP 1.4 section 5.1
 */
export const notify = operation(
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributesInline("optional"),
    attributeReferences: repeated(TAG.AttributeReference, attributeReference, { since: "2.0" }),
  },
  {},
);
