import type { NoticeChannel } from "../generated/client.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import { uuidV7 } from "../uuid-v7.ts";

export type { NoticeChannel };

/** Where notices may go. */
export const NOTICE_FORMS = ["webhook", "mail"] as const;
export type NoticeForm = (typeof NOTICE_FORMS)[number];

/** Adds a receiver. A webhook is good at once; a mail address once its owner has confirmed it. */
export function addChannel(
  tx: TenantClient,
  scope: Scope,
  given: { readonly form: NoticeForm; readonly target: string; readonly kinds: readonly string[]; readonly by: string },
): Promise<NoticeChannel> {
  const { form, target, kinds, by } = given;
  const confirmedAt = form === "webhook" ? new Date() : null;
  return tx.noticeChannel.create({
    data: { ...scope, id: uuidV7(), form, target, kinds: [...kinds], confirmedAt, createdBy: by },
  });
}

export function listChannels(tx: TenantClient, scope: Scope): Promise<NoticeChannel[]> {
  return tx.noticeChannel.findMany({ where: { ...scope }, orderBy: { createdAt: "asc" } });
}

/** How many receivers the organisation has, in all of its environments. */
export function countChannels(tx: TenantClient, tenantId: string): Promise<number> {
  return tx.noticeChannel.count({ where: { tenantId } });
}

/** Which of the organisation's environments have a receiver. */
export async function environmentsWithChannels(tx: TenantClient, tenantId: string): Promise<string[]> {
  const rows = await tx.noticeChannel.findMany({
    where: { tenantId },
    distinct: ["environmentId"],
    select: { environmentId: true },
  });
  return rows.map(({ environmentId }) => environmentId);
}

export function findChannel(tx: TenantClient, scope: Scope, id: string): Promise<NoticeChannel | null> {
  return tx.noticeChannel.findUnique({ where: { tenantId_environmentId_id: { ...scope, id } } });
}

/** Chooses which kinds a receiver gets. @returns whether it is there */
export async function setChannelKinds(tx: TenantClient, scope: Scope, id: string, kinds: readonly string[]) {
  return (await tx.noticeChannel.updateMany({ where: { ...scope, id }, data: { kinds: [...kinds] } })).count === 1;
}

/** Begins a webhook's next secret; the one before signs as well until then. Null where there is none. */
export async function rotateChannel(tx: TenantClient, scope: Scope, id: string, previousUntil: Date) {
  const where = { ...scope, id, form: "webhook" };
  const changed = await tx.noticeChannel.updateMany({ where, data: { generation: { increment: 1 }, previousUntil } });
  return changed.count === 1 ? findChannel(tx, scope, id) : null;
}

/** Counts one try at the code that was sent to a mail address. @returns how many there have been */
export async function countConfirmTry(tx: TenantClient, scope: Scope, id: string): Promise<number> {
  const where = { tenantId_environmentId_id: { ...scope, id } };
  return (await tx.noticeChannel.update({ where, data: { confirmTries: { increment: 1 } } })).confirmTries;
}

export async function confirmChannel(tx: TenantClient, scope: Scope, id: string): Promise<void> {
  await tx.noticeChannel.updateMany({ where: { ...scope, id, confirmedAt: null }, data: { confirmedAt: new Date() } });
}

/** Removes a receiver and what was still on its way to it. @returns whether it was there */
export async function removeChannel(tx: TenantClient, scope: Scope, id: string): Promise<boolean> {
  return (await tx.noticeChannel.deleteMany({ where: { ...scope, id } })).count === 1;
}
