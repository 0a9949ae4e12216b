import { OperationError } from "../../operations/errors.ts";
import { identifyPeer } from "../identify-peer.ts";
import type { Peer } from "../peer.ts";
import type { ServedAgent } from "../served-agent.ts";
import type { KmipEncoding, KmipSession } from "./kmip-answerer.ts";
import type { KmipRefusal } from "./refusals.ts";

/**
 * Who asks, as of now: looked up at each message, so that a withdrawal holds on open connections and resumed sessions.
 *
 * @param last - The session of the connection's message before, given again while nothing has changed.
 * @returns The session, or why there is none.
 */
export function sessionOf(
  agent: ServedAgent,
  peer: Peer,
  about: { readonly encoding: KmipEncoding; readonly connection: object; readonly last: KmipSession | null },
): KmipSession | KmipRefusal {
  const { domain } = agent;
  if (domain === null) return agent.sealed ? "sealed" : "no-domain";
  if (peer.spki === null) return "client";
  const { encoding, connection, last } = about;
  try {
    const client = identifyPeer(agent, domain, peer);
    if (last !== null && last.caller.client === client && last.domain === domain) return last;
    return { domain, caller: { client, from: peer.address }, encoding, connection };
  } catch (cause) {
    if (cause instanceof OperationError) return "client";
    throw cause;
  }
}
