import { revocationReason } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { dateTime, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Withdraws an object: deactivated, or compromised, by the reason given.
 *
 * @see KMIP 1.4 section 4.20
 */
export const revoke = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
    revocationReason: required(TAG.RevocationReason, revocationReason),
    compromiseOccurrenceDate: optional(TAG.CompromiseOccurrenceDate, dateTime),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  },
);
