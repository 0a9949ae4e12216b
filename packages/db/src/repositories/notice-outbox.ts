import type { NoticeChannel, NoticeDelivery, Notice as NoticeRow } from "../generated/client.ts";
import { findSeconds, secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** A notice about to be kept. */
export interface NewNotice {
  readonly id: string;
  readonly kind: string;
  /** What it tells of. */
  readonly subjects: readonly string[];
  readonly body: string;
  /** Who gets it. */
  readonly channels: readonly string[];
}

const KEPT_MS = 120 * 86_400_000;

/** What has been told already, by kind, within the time that notices are kept. */
export async function toldSubjects(tx: TenantClient, scope: Scope): Promise<Set<string>> {
  const rows = await tx.notice.findMany({ where: { ...scope }, select: { kind: true, subjects: true } });
  return new Set(rows.flatMap(({ kind, subjects }) => subjects.map((subject) => `${kind} ${subject}`)));
}

/** Holds everybody else who would write notices of this environment until the transaction ends. */
export async function lockNotices(tx: TenantClient, { environmentId }: Scope): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`notices ${environmentId}`}, 0))::text`;
}

/** Keeps a notice with a delivery for each of its receivers: both or neither. */
export async function addNotice(tx: TenantClient, scope: Scope, notice: NewNotice): Promise<void> {
  const { id, kind, subjects, body, channels } = notice;
  await tx.notice.create({ data: { ...scope, id, kind, subjects: [...subjects], body } });
  await tx.noticeDelivery.createMany({ data: channels.map((channelId) => ({ ...scope, noticeId: id, channelId })) });
}

/** How many notices the organisation has had since. */
export function countNotices(tx: TenantClient, tenantId: string, since: Date): Promise<number> {
  return tx.notice.count({ where: { tenantId, createdAt: { gte: since } } });
}

/** A delivery whose time has come, with what it delivers and to whom. */
export interface DueDelivery {
  readonly delivery: NoticeDelivery;
  readonly notice: NoticeRow;
  readonly channel: NoticeChannel;
}

/** The deliveries whose time has come, oldest first. */
export async function dueDeliveries(tx: TenantClient, scope: Scope, now: Date, most: number): Promise<DueDelivery[]> {
  const deliveries = await tx.noticeDelivery.findMany({
    where: { ...scope, state: "waiting", nextAt: { lte: now } },
    orderBy: [{ nextAt: "asc" }, { noticeId: "asc" }],
    take: most,
  });
  const [notices, channels] = await Promise.all([
    tx.notice.findMany({ where: { ...scope, id: { in: deliveries.map(({ noticeId }) => noticeId) } } }),
    tx.noticeChannel.findMany({ where: { ...scope, id: { in: deliveries.map(({ channelId }) => channelId) } } }),
  ]);
  return deliveries.flatMap((delivery) => {
    const notice = notices.find(({ id }) => id === delivery.noticeId);
    const channel = channels.find(({ id }) => id === delivery.channelId);
    return notice && channel ? [{ delivery, notice, channel }] : [];
  });
}

/** How one try went. `nextAt` is null once there will be no other. */
export interface TryOutcome {
  readonly noticeId: string;
  readonly channelId: string;
  readonly delivered: boolean;
  readonly code: string | null;
  readonly status: number | null;
  readonly nextAt: Date | null;
}

export async function recordTry(tx: TenantClient, scope: Scope, outcome: TryOutcome): Promise<void> {
  const { noticeId, channelId, delivered, code, status, nextAt } = outcome;
  const state = delivered ? "delivered" : nextAt === null ? "dead" : "waiting";
  await tx.noticeDelivery.updateMany({
    where: { ...scope, noticeId, channelId, state: "waiting" },
    data: { state, tries: { increment: 1 }, triedAt: new Date(), code, status, ...(nextAt === null ? {} : { nextAt }) },
  });
}

/** Has a delivery that was given up tried again, from the beginning. @returns whether there is one */
export async function reviveDelivery(
  tx: TenantClient,
  scope: Scope,
  { noticeId, channelId }: { readonly noticeId: string; readonly channelId: string },
): Promise<boolean> {
  const revived = await tx.noticeDelivery.updateMany({
    where: { ...scope, noticeId, channelId, state: "dead" },
    data: { state: "waiting", tries: 0, nextAt: new Date() },
  });
  return revived.count === 1;
}

/** The newest deliveries, whatever became of them; those that were given up first where asked for. */
export async function listDeliveries(
  tx: TenantClient,
  scope: Scope,
  query: { readonly state?: string | undefined; readonly limit: number },
) {
  const rows = await tx.noticeDelivery.findMany({
    where: { ...scope, ...(query.state === undefined ? {} : { state: query.state }) },
    orderBy: [{ createdAt: "desc" }, { noticeId: "desc" }, { channelId: "asc" }],
    take: query.limit,
  });
  const notices = await tx.notice.findMany({
    where: { ...scope, id: { in: rows.map(({ noticeId }) => noticeId) } },
    select: { id: true, kind: true },
  });
  const kindOf = new Map(notices.map(({ id, kind }) => [id, kind]));
  return rows.map((row) => ({
    noticeId: row.noticeId,
    channelId: row.channelId,
    kind: kindOf.get(row.noticeId) ?? "",
    state: row.state,
    tries: row.tries,
    code: row.code,
    status: row.status,
    createdAt: secondsOf(row.createdAt),
    triedAt: findSeconds(row.triedAt),
    nextAt: row.state === "waiting" ? secondsOf(row.nextAt) : null,
  }));
}

/** Forgets what is old. What still is as it was told then is told again. */
export async function sweepNotices(tx: TenantClient, scope: Scope, now: Date): Promise<void> {
  await tx.notice.deleteMany({ where: { ...scope, createdAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
}
