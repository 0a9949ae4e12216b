import { notifyEvent, raiseAlarm, type TenantClient } from "@holdfast/db";
import { type HoldfastError, ProtocolError } from "@holdfast/protocol";
import { TlogError } from "@holdfast/tlog";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";

/**
 * Takes evidence in one transaction. Evidence that does not hold leaves nothing but an alarm.
 *
 * @param keep - What of it the alarm keeps, for those whom it concerns.
 */
export async function underSuspicion(
  { gateway, scope, aid }: AgentRequest,
  work: (tx: TenantClient) => Promise<object>,
  keep: (tx: TenantClient) => Promise<Readonly<Record<string, string>>> = async () => ({}),
): Promise<object> {
  try {
    return await gateway.db.withTenant(scope.tenantId, work);
  } catch (error) {
    if (isAlarming(error)) {
      const { code, detail } = error;
      await gateway.db.withTenant(scope.tenantId, async (tx) => {
        await raiseAlarm(tx, scope, { aid, code, detail: { ...detail, ...(await keep(tx)) } });
        await notifyEvent(tx, scope, "agent");
      });
    }
    throw error;
  }
}

function isAlarming(error: unknown): error is HoldfastError<string> {
  if (error instanceof GatewayError) return error.code === "E_TENANT";
  return error instanceof ProtocolError || error instanceof TlogError;
}
