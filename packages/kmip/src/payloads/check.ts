import { optional } from "../fields/field.ts";
import { identifier, integer, interval, longInteger } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Asks whether a key may be used in a way. The answer repeats what it may not.
 *
 * @see KMIP 1.4 section 4.10
 */
export const check = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    usageLimitsCount: optional(TAG.UsageLimitsCount, longInteger),
    cryptographicUsageMask: optional(TAG.CryptographicUsageMask, integer),
    leaseTime: optional(TAG.LeaseTime, interval),
  },
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    usageLimitsCount: optional(TAG.UsageLimitsCount, longInteger),
    cryptographicUsageMask: optional(TAG.CryptographicUsageMask, integer),
    leaseTime: optional(TAG.LeaseTime, interval),
  },
);
