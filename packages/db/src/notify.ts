import { CHANNELS, type EventKind } from "./events.ts";
import type { Scope, TenantClient } from "./tenancy.ts";

/** Tells pages what changed; they hear it when the transaction commits. */
export async function notifyEvent(tx: TenantClient, scope: Scope, kind: EventKind): Promise<void> {
  const payload = JSON.stringify({ tenantId: scope.tenantId, environmentId: scope.environmentId, kind });
  await tx.$executeRaw`SELECT pg_notify(${CHANNELS.event}, ${payload})`;
}

/** Wakes the long-polls of an environment's key servers. */
export async function notifyMailbox(tx: TenantClient, scope: Scope): Promise<void> {
  const payload = JSON.stringify({ tenantId: scope.tenantId, environmentId: scope.environmentId });
  await tx.$executeRaw`SELECT pg_notify(${CHANNELS.mailbox}, ${payload})`;
}
