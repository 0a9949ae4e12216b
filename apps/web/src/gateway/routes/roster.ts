import { addRosterLinks, lockTrust, notifyEvent } from "@holdfast/db";
import { parseRosterChain, parseRosterLink, type RosterLink, verifyRosterChain } from "@holdfast/protocol";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { count } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";
import { underSuspicion } from "../ingest/under-suspicion.ts";

const MOST_LINKS = 200;
const fields = z.strictObject({ from: count, links: z.array(z.unknown()).min(1).max(MOST_LINKS) });

/** Takes links of the chain of administrators and rules, if the whole of it verifies and names this very agent. */
export function roster(request: AgentRequest): Promise<object> {
  const { from, links } = readFields(fields, request.body);
  return underSuspicion(request, async (tx) => {
    const { scope, aid, aik } = request;
    const trust = await lockTrust(tx, scope);
    if (trust === null) throw new GatewayError("E_AGENT", "The environment is gone.");
    const stored = trust.links.length;
    if (from !== stored) throw new GatewayError("E_CONFLICT", "The chain continues elsewhere.", { links: stored });
    const given: RosterLink[] = links.map((link) => parseRosterLink(link));
    const chain = await verifyRosterChain([...(stored === 0 ? [] : parseRosterChain(trust.links)), ...given]);
    if (trust.tid !== null && trust.tid !== chain.tid) {
      throw new GatewayError("E_TENANT", "The environment belongs to another domain.");
    }
    const names = chain.head.roster.agents.some((agent) => agent.aid === aid && agent.aik === aik);
    if (!names) throw new GatewayError("E_TENANT", "The chain does not name this agent.");
    const added = chain.rosters.slice(stored).map(({ hash, roster: { seq } }, index) => ({
      seq,
      hash,
      link: given[index] as object,
    }));
    await addRosterLinks(tx, scope, { tid: chain.tid, links: added });
    await notifyEvent(tx, scope, "roster");
    return { links: chain.rosters.length };
  });
}
