import { findLogHead, listRefusedHeads, lockTrust, logSize } from "@holdfast/db";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { readFields } from "../http/read-fields.ts";

/** How much of the chain and the log is here, so that the agent goes on from there, or sees that it has gone back. */
export function logState({ gateway, scope, body }: AgentRequest): Promise<object> {
  readFields(z.strictObject({}), body);
  return gateway.db.withTenant(scope.tenantId, async (tx) => {
    const trust = await lockTrust(tx, scope);
    if (trust === null) throw new GatewayError("E_AGENT", "The environment is gone.");
    const head = await findLogHead(tx, scope);
    return {
      ...{ links: trust.links.length, size: await logSize(tx, scope), checkpoint: head?.checkpoint ?? null },
      others: await listRefusedHeads(tx, scope),
    };
  });
}
