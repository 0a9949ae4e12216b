import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, required, someOf } from "../fields/field.ts";
import { bigInteger, enumeration, identifier, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import { protectionStorageMasks } from "./protection-storage-masks.ts";

/**
 * Makes the parts of a split key.
 *
 * @see KMIP 1.4 section 4.38
 */
export const createSplitKey = operation(
  {
    objectType: required(TAG.ObjectType, enumeration),
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    splitKeyParts: required(TAG.SplitKeyParts, integer),
    splitKeyThreshold: required(TAG.SplitKeyThreshold, integer),
    splitKeyMethod: required(TAG.SplitKeyMethod, enumeration),
    primeFieldSize: optional(TAG.PrimeFieldSize, bigInteger),
    attributes: attributeList("required", TAG.TemplateAttribute, TAG.Attributes),
    protectionStorageMasks,
  },
  {
    uniqueIdentifier: someOf(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
