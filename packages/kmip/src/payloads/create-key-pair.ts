import { attributeList } from "../attributes/attribute-fields.ts";
import { required } from "../fields/field.ts";
import { identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";
import {
  commonProtectionStorageMasks,
  privateProtectionStorageMasks,
  publicProtectionStorageMasks,
} from "./protection-storage-masks.ts";

/**
 * Makes a private and a public key.
 *
 * @see KMIP 1.4 section 4.2
 */
export const createKeyPair = operation(
  {
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
