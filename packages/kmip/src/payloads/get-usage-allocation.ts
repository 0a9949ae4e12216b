import { optional, required } from "../fields/field.ts";
import { identifier, longInteger } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Takes an amount of use from a key's limits in advance.
 *
 * @see KMIP 1.4 section 4.18
 */
export const getUsageAllocation = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    usageLimitsCount: required(TAG.UsageLimitsCount, longInteger),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
