import type { TenantClient } from "../tenancy.ts";

/** Most commands that may wait in all mailboxes of one organisation together, and most characters of them. */
export const MAILBOX_ROOM = { commands: 5_000, characters: 64_000_000 } as const;

/** Whether an organisation's mailboxes have room for more: nobody fills the database that all share. */
export async function hasMailboxRoom(
  tx: TenantClient,
  tenantId: string,
  more: { readonly docs: readonly string[]; readonly now: number },
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ commands: number; characters: number }[]>`
    SELECT count(*)::int AS commands, coalesce(sum(char_length(doc)), 0)::float8 AS characters FROM app.command
    WHERE tenant_id = ${tenantId}::uuid AND status = 'open' AND exp > ${more.now}`;
  const characters = more.docs.reduce((sum, doc) => sum + doc.length, row?.characters ?? 0);
  const commands = (row?.commands ?? 0) + more.docs.length;
  return commands <= MAILBOX_ROOM.commands && characters <= MAILBOX_ROOM.characters;
}
