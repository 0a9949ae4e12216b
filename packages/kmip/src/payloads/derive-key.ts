import { attributeList } from "../attributes/attribute-fields.ts";
import { cryptographicParameters } from "../attributes/structures.ts";
import { optional, required, someOf } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { bytes, enumeration, identifier, integer } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

const derivationParameters = struct({
  cryptographicParameters: optional(TAG.CryptographicParameters, cryptographicParameters),
  initializationVector: optional(TAG.InitializationVector, bytes),
  derivationData: optional(TAG.DerivationData, bytes),
  salt: optional(TAG.Salt, bytes),
  iterationCount: optional(TAG.IterationCount, integer),
});

/**
 * Makes a key or secret data from others.
 *
 * @see KMIP 1.4 section 4.6
 */
export const deriveKey = operation(
  {
    objectType: required(TAG.ObjectType, enumeration),
    uniqueIdentifier: someOf(TAG.UniqueIdentifier, identifier),
    derivationMethod: required(TAG.DerivationMethod, enumeration),
    derivationParameters: required(TAG.DerivationParameters, derivationParameters),
    attributes: attributeList("required", TAG.TemplateAttribute, TAG.Attributes),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    attributes: attributeList("optional", TAG.TemplateAttribute, null),
  },
);
