import { randomBytes } from "@holdfast/crypto";
import { ENUM } from "@holdfast/kmip";
import { LEASE_SECONDS } from "../attributes/object-attributes.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const TICKET_BYTES = 32;
const MOST_TICKETS = 16;
const ticketsOf = new WeakMap<object, { readonly value: Buffer; readonly until: number }[]>();

/**
 * Gives the client a ticket for this connection. It is tolerated as a credential and gives no right: who a client is, TLS
 * says.
 *
 * @see KMIP 2.1 section 6.1.29
 */
export const login: KmipOperation<"Login"> = ({ session, now }, { leaseTime }) => {
  const value = randomBytes(TICKET_BYTES);
  const until = now + Math.min(leaseTime ?? LEASE_SECONDS, LEASE_SECONDS);
  const held = (ticketsOf.get(session.connection) ?? []).filter((each) => each.until > now);
  ticketsOf.set(session.connection, [...held.slice(1 - MOST_TICKETS), { value, until }]);
  return { ticket: { ticketType: ENUM.TicketType.Login, ticketValue: value } };
};

/** Takes a ticket back. @see KMIP 2.1 section 6.1.30 */
export const logout: KmipOperation<"Logout"> = ({ session, now }, { ticket }) => {
  const held = ticketsOf.get(session.connection) ?? [];
  const rest = held.filter(({ value, until }) => until > now && Buffer.compare(value, ticket.ticketValue) !== 0);
  if (rest.length === held.length) refuse("InvalidTicket", "There is no such ticket.");
  ticketsOf.set(session.connection, rest);
  return {};
};
