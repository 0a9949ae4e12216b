import { notifyEvent, writeAgentStatus } from "@holdfast/db";
import { z } from "zod";
import type { AgentRequest } from "../http/agent-request.ts";
import { agentStatus, toAgentStatus } from "../http/agent-status.ts";
import { readFields } from "../http/read-fields.ts";

const fields = z.strictObject({ status: agentStatus });

/** What changed at an agent between two polls, or its last word before it is sealed and polls no more. */
export async function status({ gateway, aid, scope, body }: AgentRequest): Promise<object> {
  const said = toAgentStatus(readFields(fields, body).status);
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    if (await writeAgentStatus(tx, scope, { aid, status: said })) await notifyEvent(tx, scope, "agent");
  });
  return {};
}
