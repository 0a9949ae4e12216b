import { attributesInline } from "../attributes/attribute-fields.ts";
import { optional, repeated } from "../fields/field.ts";
import { enumeration, identifier, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Finds objects by their attributes.
 *
 * @see KMIP 1.4 section 4.9
 */
export const locate = operation(
  {
    maximumItems: optional(TAG.MaximumItems, integer),
    offsetItems: optional(TAG.OffsetItems, integer, { since: "1.3" }),
    storageStatusMask: optional(TAG.StorageStatusMask, integer),
    objectGroupMember: optional(TAG.ObjectGroupMember, enumeration, { since: "1.1" }),
    attributes: attributesInline("optional"),
  },
  {
    locatedItems: optional(TAG.LocatedItems, integer, { since: "1.3" }),
    uniqueIdentifier: repeated(TAG.UniqueIdentifier, identifier),
  },
);
