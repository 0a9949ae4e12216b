import { ticket, usageLimits } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { integer, interval } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Gives a ticket that stands for the client's credentials.
 *
 * @see KMIP 2.1 section 6.1
 */
export const login = operation(
  {
    leaseTime: optional(TAG.LeaseTime, interval),
    requestCount: optional(TAG.RequestCount, integer),
    usageLimits: optional(TAG.UsageLimits, usageLimits),
  },
  {
    ticket: required(TAG.Ticket, ticket),
  },
);
