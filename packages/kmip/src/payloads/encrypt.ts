import { cryptographicParameters } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { boolean, bytes, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Encrypts data, in one part or in several.
 *
 * @see KMIP 1.4 section 4.29
 */
export const encrypt = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    cryptographicParameters: optional(TAG.CryptographicParameters, cryptographicParameters),
    data: optional(TAG.Data, bytes),
    ivCounterNonce: optional(TAG.IVCounterNonce, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
    initIndicator: optional(TAG.InitIndicator, boolean, { since: "1.3" }),
    finalIndicator: optional(TAG.FinalIndicator, boolean, { since: "1.3" }),
    authenticatedEncryptionAdditionalData: optional(TAG.AuthenticatedEncryptionAdditionalData, bytes, { since: "1.4" }),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    data: optional(TAG.Data, bytes),
    ivCounterNonce: optional(TAG.IVCounterNonce, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
    authenticatedEncryptionTag: optional(TAG.AuthenticatedEncryptionTag, bytes, { since: "1.4" }),
  },
);
