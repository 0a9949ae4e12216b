import type { KmipOperation } from "./kmip-operation.ts";

/**
 * Takes a message for the server's log. What a client says of itself is no evidence, and could hold anything: it is
 * counted in the agent's log by its length, and not kept.
 *
 * @see KMIP 2.1 section 6.1.28
 */
export const log: KmipOperation<"Log"> = (context, { logMessage }) => {
  context.note("kmip.log", { client: context.caller.client.id, characters: logMessage.length });
  return {};
};
