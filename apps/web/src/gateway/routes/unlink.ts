import { notifyEvent, removeAgent } from "@holdfast/db";
import { z } from "zod";
import type { AgentRequest } from "../http/agent-request.ts";
import { readFields } from "../http/read-fields.ts";

/** Takes the agent's mailbox away, as it asked. What it uploaded stays: history belongs to the environment. */
export async function unlink({ gateway, scope, aid, body }: AgentRequest): Promise<object> {
  readFields(z.strictObject({}), body);
  await gateway.db.identity.routes.revoke(aid);
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    await removeAgent(tx, scope, aid);
    await notifyEvent(tx, scope, "agent");
  });
  return {};
}
