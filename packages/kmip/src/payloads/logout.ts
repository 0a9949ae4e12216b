import { ticket } from "../attributes/structures.ts";
import { required } from "../fields/field.ts";
import { TAG } from "../tags/tag-table.ts";
import { operation } from "./operation.ts";

/**
 * Ends a ticket.
 *
 * @see KMIP 2.1 section 6.1
 */
export const logout = operation(
  {
    ticket: required(TAG.Ticket, ticket),
  },
  {},
);
