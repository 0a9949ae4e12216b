import { findNumber, findSeconds, secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import type { AgentCondition } from "./agent-status.ts";

/** The environment's key servers, as they last reported. */
export async function listAgents(tx: TenantClient, { tenantId, environmentId }: Scope) {
  const rows = await tx.agent.findMany({
    where: { tenantId, environmentId },
    orderBy: [{ name: "asc" }, { aid: "asc" }],
  });
  return rows.map((row) => ({
    aid: row.aid,
    name: row.name,
    version: row.version,
    build: row.build,
    kek: row.unsealMethod,
    fips: row.fips,
    rest: row.restUrl,
    kmip: row.kmipUrl,
    page: row.pageOrigin,
    sealed: row.isSealed,
    locked: row.isLocked,
    recovering: row.isRecovering,
    keys: row.keyCount,
    clients: row.clientCount,
    size: findNumber(row.logSize),
    unbacked: row.unbackedCount,
    backupAt: findNumber(row.backupAt),
    backupPlaces: row.backupPlaces,
    backupFailing: row.backupFailing,
    conditions: row.conditions as unknown as readonly AgentCondition[],
    lastSeenAt: findSeconds(row.lastSeenAt),
    enrolledAt: secondsOf(row.enrolledAt),
  }));
}
