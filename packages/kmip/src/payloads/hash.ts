import { cryptographicParameters } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { boolean, bytes } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Hashes data, in one part or in several.
 *
 * @see KMIP 1.4 section 4.37
 */
export const hash = operation(
  {
    cryptographicParameters: required(TAG.CryptographicParameters, cryptographicParameters),
    data: optional(TAG.Data, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
    initIndicator: optional(TAG.InitIndicator, boolean, { since: "1.3" }),
    finalIndicator: optional(TAG.FinalIndicator, boolean, { since: "1.3" }),
  },
  {
    data: optional(TAG.Data, bytes),
    correlationValue: optional(TAG.CorrelationValue, bytes, { since: "1.3" }),
  },
);
