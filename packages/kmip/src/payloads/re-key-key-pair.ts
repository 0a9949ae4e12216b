import { attributeList } from "../attributes/attribute-fields.ts";
import { optional, required } from "../fields/field.ts";
import { identifier, interval } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import {
  commonProtectionStorageMasks,
  privateProtectionStorageMasks,
  publicProtectionStorageMasks,
} from "./protection-storage-masks.ts";

/**
 * Makes a key pair that replaces another.
 *
 * @see KMIP 1.4 section 4.5
 */
export const reKeyKeyPair = operation(
  {
    privateKeyUniqueIdentifier: optional(TAG.PrivateKeyUniqueIdentifier, identifier),
    offset: optional(TAG.Offset, interval),
    commonAttributes: attributeList("optional", TAG.CommonTemplateAttribute, TAG.CommonAttributes),
    privateKeyAttributes: attributeList("optional", TAG.PrivateKeyTemplateAttribute, TAG.PrivateKeyAttributes),
    publicKeyAttributes: attributeList("optional", TAG.PublicKeyTemplateAttribute, TAG.PublicKeyAttributes),
    commonProtectionStorageMasks,
    privateProtectionStorageMasks,
    publicProtectionStorageMasks,
  },
  {
    privateKeyUniqueIdentifier: required(TAG.PrivateKeyUniqueIdentifier, identifier),
    publicKeyUniqueIdentifier: required(TAG.PublicKeyUniqueIdentifier, identifier),
    privateKeyAttributes: attributeList("optional", TAG.PrivateKeyTemplateAttribute, null),
    publicKeyAttributes: attributeList("optional", TAG.PublicKeyTemplateAttribute, null),
  },
);
