import { findNumber, secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** Most rows of a kind that one look takes in. */
const MOST = 1_000;

/** Commands that wait for approvals, or for their delay. */
export async function commandsToTell(tx: TenantClient, scope: Scope, now: number) {
  const rows = await tx.command.findMany({
    where: { ...scope, OR: [{ status: "open", exp: { gt: now } }, { status: "scheduled" }] },
    orderBy: [{ proposedAt: "asc" }, { hash: "asc" }],
    select: { hash: true, act: true, subject: true, status: true, exp: true, due: true },
    take: MOST,
  });
  return rows.map(({ exp, due, ...row }) => ({ ...row, exp: Number(exp), due: findNumber(due) }));
}

/** Changes of administrators and rules that wait for approvals, or for their delay. */
export async function linksToTell(tx: TenantClient, scope: Scope, now: number) {
  const rows = await tx.rosterProposal.findMany({
    where: { ...scope, OR: [{ status: "open", exp: { gt: now } }, { status: "scheduled" }] },
    orderBy: [{ proposedAt: "asc" }, { hash: "asc" }],
    select: { hash: true, doc: true, status: true, exp: true, due: true },
    take: MOST,
  });
  return rows.map(({ exp, due, ...row }) => ({ ...row, exp: Number(exp), due: findNumber(due) }));
}

/** Keys and clients that end by then, soonest first. Those that ended before `since` are old news. */
export async function endingBetween(
  tx: TenantClient,
  scope: Scope,
  { since, until }: { since: number; until: number },
) {
  const keys = await tx.key.findMany({
    where: { ...scope, state: "active", endsAt: { gte: since, lte: until } },
    orderBy: [{ endsAt: "asc" }, { id: "asc" }],
    select: { id: true, endsAt: true },
    take: MOST,
  });
  const clients = await tx.client.findMany({
    where: { ...scope, state: "active", notAfter: { gte: since, lte: until } },
    orderBy: [{ notAfter: "asc" }, { id: "asc" }],
    select: { id: true, notAfter: true },
    take: MOST,
  });
  return {
    keys: keys.map(({ id, endsAt }) => ({ id, at: Number(endsAt) })),
    clients: clients.map(({ id, notAfter }) => ({ id, at: Number(notAfter) })),
  };
}

/** Entries of the custody log of some kinds since then, by the key server's clock, oldest first. */
export async function decisionsSince(tx: TenantClient, scope: Scope, kinds: readonly string[], since: number) {
  const rows = await tx.logEntry.findMany({
    where: { ...scope, kind: { in: [...kinds] }, ts: { gte: since } },
    orderBy: { n: "desc" },
    select: { n: true, leaf: true },
    take: MOST,
  });
  return rows.map(({ n, leaf }) => ({ n: Number(n), leaf })).reverse();
}

/** Names of keys and clients, as far as their key server shares them. */
export async function namesOf(tx: TenantClient, scope: Scope, ids: readonly string[]): Promise<Map<string, string>> {
  const where = { ...scope, id: { in: [...ids] } };
  const select = { id: true, label: true } as const;
  const [keys, clients] = await Promise.all([
    tx.key.findMany({ where, select }),
    tx.client.findMany({ where, select }),
  ]);
  return new Map(
    [...keys, ...clients].filter(({ id, label }) => label !== "" && label !== id).map((row) => [row.id, row.label]),
  );
}

/** Alarms since then that nobody has cleared. */
export async function alarmsSince(tx: TenantClient, scope: Scope, since: Date) {
  const rows = await tx.alarm.findMany({
    where: { ...scope, clearedAt: null, raisedAt: { gt: since } },
    orderBy: { raisedAt: "asc" },
    take: MOST,
  });
  return rows.map(({ id, aid, code, raisedAt }) => ({ id, aid, code, raisedAt: secondsOf(raisedAt) }));
}
