import { cryptographicParameters } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { boolean, bytes, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Signs data or its digest.
 *
 * @see KMIP 1.4 section 4.31
 */
export const sign = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    cryptographicParameters: optional(TAG.CryptographicParameters, cryptographicParameters),
    data: optional(TAG.Data, bytes),
    digestedData: optional(TAG.DigestedData, bytes, { since: "1.4" }),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
    initIndicator: optional(TAG.InitIndicator, boolean, { since: "1.3" }),
    finalIndicator: optional(TAG.FinalIndicator, boolean, { since: "1.3" }),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    signatureData: optional(TAG.SignatureData, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
  },
);
