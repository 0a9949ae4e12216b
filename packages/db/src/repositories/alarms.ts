import { secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import { uuidV7 } from "../uuid-v7.ts";

/** One alarm of a kind from one key server in this time says enough. */
const QUIET_MS = 600_000;

/** Keeps something that a member should look into. */
export async function raiseAlarm(
  tx: TenantClient,
  scope: Scope,
  alarm: { readonly aid: string; readonly code: string; readonly detail: Readonly<Record<string, string | number>> },
): Promise<void> {
  const since = new Date(Date.now() - QUIET_MS);
  const { aid, code, detail } = alarm;
  if ((await tx.alarm.count({ where: { ...scope, aid, code, raisedAt: { gt: since } } })) > 0) return;
  await tx.alarm.create({ data: { ...scope, id: uuidV7(), aid, code, detail: { ...detail } } });
}

/** Most alarms that one list tells of. */
const MAX_LISTED = 20;

/** What was raised since, and not cleared: newest first. */
export async function listAlarms(tx: TenantClient, scope: Scope, since: Date) {
  const rows = await tx.alarm.findMany({
    where: { ...scope, clearedAt: null, raisedAt: { gt: since } },
    orderBy: { raisedAt: "desc" },
    take: MAX_LISTED,
  });
  return rows.map(({ id, aid, code, raisedAt }) => ({ id, aid, code, raisedAt: secondsOf(raisedAt) }));
}

/** Alarms that may carry a signed head of another history. */
const OF_HISTORIES = ["V_ROOT", "V_CONSISTENCY", "V_STALE", "W_EQUIVOCATION"];
const MOST_HEADS = 16;

/** Signed heads that were refused because they do not fit the stored log: evidence for the key servers, newest first. */
export async function listRefusedHeads(tx: TenantClient, scope: Scope): Promise<string[]> {
  const rows = await tx.alarm.findMany({
    where: { ...scope, code: { in: OF_HISTORIES } },
    orderBy: { raisedAt: "desc" },
    take: MOST_HEADS,
  });
  return rows.flatMap(({ detail }) => {
    const { checkpoint } = (detail ?? {}) as { checkpoint?: unknown };
    return typeof checkpoint === "string" ? [checkpoint] : [];
  });
}
