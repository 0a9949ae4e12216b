import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { Command, Prisma } from "../generated/client.ts";
import { notifyEvent, notifyMailbox } from "../notify.ts";
import { findNumber, secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** What can be told of a command. */
export const COMMAND_STATUSES = [
  "open",
  "scheduled",
  "applied",
  "cancelled",
  "expired",
  "refused",
  "withdrawn",
] as const;

/** A command as it is put into the mailbox: its bytes, and what they say for sorting. */
export interface ProposedCommand {
  readonly hash: string;
  readonly doc: string;
  readonly act: string;
  readonly subject: string | null;
  readonly issued: number;
  readonly exp: number;
}

/** Puts commands into the mailbox and wakes the key servers. One that is there already stays as it is. */
export async function proposeCommands(
  tx: TenantClient,
  scope: Scope,
  given: { readonly commands: readonly ProposedCommand[]; readonly proposedBy: string },
): Promise<void> {
  await tx.command.createMany({
    data: given.commands.map((command) => ({ ...scope, ...command, proposedBy: given.proposedBy })),
    skipDuplicates: true,
  });
  await notifyMailbox(tx, scope);
  await notifyEvent(tx, scope, "command");
}

/** Takes an open command back, as far as the mailbox can: a key server that has it already may still be asked. */
export async function withdrawCommand(tx: TenantClient, scope: Scope, hash: string): Promise<boolean> {
  const withdrawn = await tx.command.updateMany({
    where: { ...scope, hash, status: "open", have: 0 },
    data: { status: "withdrawn", decidedAt: new Date() },
  });
  if (withdrawn.count === 0) return false;
  await notifyMailbox(tx, scope);
  await notifyEvent(tx, scope, "command");
  return true;
}

/** How many commands wait for an approval now. */
export function countOpenCommands(tx: TenantClient, scope: Scope, now: number): Promise<number> {
  return tx.command.count({ where: { ...scope, status: "open", exp: { gt: now } } });
}

/** One command; null when there is none of that hash. */
export async function findCommand(tx: TenantClient, scope: Scope, hash: string, now: number) {
  const row = await tx.command.findUnique({ where: { tenantId_environmentId_hash: { ...scope, hash } } });
  return row === null ? null : toRow(row, now);
}

/** How far commands are: they need approvals, are approved and wait their delay, or are decided. */
export const COMMAND_STAGES = ["open", "scheduled", "done"] as const;

/** One page of commands of a stage, newest first. A command that ran out is decided, whoever noticed. */
export async function listCommands(
  tx: TenantClient,
  scope: Scope,
  query: {
    readonly stage: (typeof COMMAND_STAGES)[number];
    /** A key's or client's id: only commands on that. */
    readonly subject?: string | undefined;
    readonly limit: number;
    readonly now: number;
    readonly cursor?: string | undefined;
  },
) {
  const isOpen = { status: "open", exp: { gt: query.now } };
  const isScheduled = { status: "scheduled" };
  const ofStage = { open: isOpen, scheduled: isScheduled, done: { NOT: [isOpen, isScheduled] } }[query.stage];
  const after = decodeCursor(query.cursor, ["number", "string"]);
  const rows = await tx.command.findMany({
    where: {
      ...scope,
      ...(query.subject === undefined ? {} : { subject: query.subject }),
      AND: [ofStage, ...(after ? [olderThan(after)] : [])],
    },
    orderBy: [{ proposedAt: "desc" }, { hash: "desc" }],
    take: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => toRow(row, query.now)),
    nextCursor: rows.length > page.length && last ? encodeCursor([last.proposedAt.getTime(), last.hash]) : null,
  };
}

function olderThan([proposedAt, hash]: readonly (string | number)[]): Prisma.CommandWhereInput {
  const date = new Date(Number(proposedAt));
  return { OR: [{ proposedAt: { lt: date } }, { proposedAt: date, hash: { lt: String(hash) } }] };
}

function toRow(row: Command, now: number) {
  return {
    hash: row.hash,
    doc: row.doc,
    status: row.status === "open" && row.exp <= now ? "expired" : row.status,
    code: row.code,
    have: row.have,
    need: row.need,
    delivered: row.deliveredAt !== null,
    entry: findNumber(row.entry),
    due: findNumber(row.due),
    proposedAt: secondsOf(row.proposedAt),
  };
}
