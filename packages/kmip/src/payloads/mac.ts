import { cryptographicParameters } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { boolean, bytes, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Computes a message authentication code.
 *
 * @see KMIP 1.4 section 4.33
 */
export const mac = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    cryptographicParameters: optional(TAG.CryptographicParameters, cryptographicParameters),
    data: optional(TAG.Data, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
    initIndicator: optional(TAG.InitIndicator, boolean, { since: "1.3" }),
    finalIndicator: optional(TAG.FinalIndicator, boolean, { since: "1.3" }),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    macData: optional(TAG.MACData, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
  },
);
