import { ticket, usageLimits } from "../attributes/structures.ts";
import { optional, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { enumeration, identifier, integer, interval, listOf, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

const right = struct({
  usageLimits: optional(TAG.UsageLimits, usageLimits),
  operations: optional(TAG.Operations, listOf(TAG.Operation, enumeration)),
  objects: optional(TAG.Objects, listOf(TAG.UniqueIdentifier, identifier)),
  objectGroups: optional(TAG.ObjectGroups, listOf(TAG.ObjectGroup, text), { since: "2.1" }),
});

/**
 * Gives a ticket with some of the client's rights, for another.
 *
 * @see KMIP 2.1 section 6.1
 */
export const delegatedLogin = operation(
  {
    leaseTime: optional(TAG.LeaseTime, interval),
    requestCount: optional(TAG.RequestCount, integer),
    usageLimits: optional(TAG.UsageLimits, usageLimits),
    rights: required(TAG.Rights, listOf(TAG.Right, right)),
  },
  {
    ticket: required(TAG.Ticket, ticket),
  },
);
