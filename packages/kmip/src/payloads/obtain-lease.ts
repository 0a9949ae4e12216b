import { optional, required } from "../fields/field.ts";
import { dateTime, identifier, interval } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Says how long a client may keep an object.
 *
 * @see KMIP 1.4 section 4.17
 */
export const obtainLease = operation(
  {
    uniqueIdentifier: optional(TAG.UniqueIdentifier, identifier),
  },
  {
    uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
    leaseTime: required(TAG.LeaseTime, interval),
    lastChangeDate: required(TAG.LastChangeDate, dateTime),
  },
);
