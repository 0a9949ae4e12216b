import type { AgentRequest } from "../generated/client.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import type { AnswerSpace } from "./answer-space.ts";
import type { ProposedCommand } from "./commands.ts";

/** Most commands and requests that one answer brings. */
const MOST_COMMANDS = 50;
const MOST_REQUESTS = 10;
/** A request that was taken and not answered is offered again after this. */
const REOFFER_MS = 600_000;

/** What waits for a key server. */
export interface MailboxContents {
  readonly commands: readonly { readonly hash: string; readonly doc: string }[];
  readonly requests: readonly { readonly id: string; readonly kind: string; readonly parameters: unknown }[];
}

/** Takes what waits for a key server that knows some commands already; each is marked as handed out. */
export async function takeMail(
  tx: TenantClient,
  scope: Scope,
  taker: {
    readonly aid: string;
    readonly known: readonly string[];
    readonly now: number;
    readonly space: AnswerSpace;
  },
): Promise<MailboxContents> {
  const found = await tx.command.findMany({
    where: { ...scope, status: "open", exp: { gt: taker.now }, hash: { notIn: [...taker.known] } },
    orderBy: [{ proposedAt: "asc" }, { hash: "asc" }],
    select: { hash: true, doc: true },
    take: MOST_COMMANDS,
  });
  const commands = taker.space.take(found, ({ doc }) => doc.length);
  const takenAt = new Date();
  if (commands.length > 0) {
    await tx.command.updateMany({
      where: { ...scope, hash: { in: commands.map(({ hash }) => hash) }, deliveredAt: null },
      data: { deliveredAt: takenAt },
    });
  }
  const requests = await tx.agentRequest.findMany({
    where: {
      ...scope,
      doneAt: null,
      OR: [{ takenAt: null }, { takenAt: { lt: new Date(takenAt.getTime() - REOFFER_MS) } }],
    },
    orderBy: { requestedAt: "asc" },
    take: MOST_REQUESTS,
  });
  for (const { id } of requests) await markTaken(tx, scope, { id, takenAt, takenBy: taker.aid });
  return { commands, requests: requests.map(({ id, kind, parameters }) => ({ id, kind, parameters })) };
}

async function markTaken(
  tx: TenantClient,
  scope: Scope,
  { id, takenAt, takenBy }: { id: string; takenAt: Date; takenBy: string },
): Promise<void> {
  await tx.agentRequest.update({ where: { tenantId_environmentId_id: { ...scope, id } }, data: { takenAt, takenBy } });
}

/** Ends a request; null when there is none of that id that is open. */
export async function finishRequest(
  tx: TenantClient,
  scope: Scope,
  done: { readonly id: string; readonly code: string | null },
): Promise<AgentRequest | null> {
  const key = { tenantId_environmentId_id: { ...scope, id: done.id } };
  const request = await tx.agentRequest.findUnique({ where: key });
  if (request === null || request.doneAt !== null) return null;
  return tx.agentRequest.update({ where: key, data: { doneAt: new Date(), code: done.code } });
}

/** What a key server says of a command, or what its log does. */
export interface CommandReport {
  readonly hash: string;
  readonly status: string;
  readonly code?: string | null | undefined;
  readonly have?: number | undefined;
  readonly need?: number | undefined;
  readonly due?: number | null | undefined;
  readonly entry?: number | null | undefined;
  /** The command, so that one proposed elsewhere can be told of. */
  readonly command?: ProposedCommand | undefined;
}

const FINAL: readonly string[] = ["applied", "cancelled", "expired", "refused", "withdrawn"];

/** Brings a command to what is reported of it; what is decided stays decided. @returns whether anything changed */
export async function reportCommand(tx: TenantClient, scope: Scope, report: CommandReport): Promise<boolean> {
  const { hash, command, status } = report;
  const key = { tenantId_environmentId_hash: { ...scope, hash } };
  const known = await tx.command.findUnique({ where: key });
  const isFinal = FINAL.includes(status);
  const facts = {
    status,
    ...optional("code", report.code),
    ...optional("have", report.have),
    ...optional("need", report.need),
    ...optional("due", report.due),
    ...optional("entry", report.entry),
    ...(isFinal ? { decidedAt: new Date() } : {}),
  };
  if (known === null) {
    if (command === undefined) return false;
    await tx.command.create({ data: { ...scope, ...command, ...facts, deliveredAt: new Date() } });
    return true;
  }
  // The log may still say where a decided command's entry is, or apply what was withdrawn here but approved there.
  if (isDecided(known.status, status) && report.entry == null) return false;
  if (known.status === "scheduled" && status === "open") return false;
  // Of what the log has a word on, the log has the next one too: it may still be on its way.
  if (known.entry !== null && report.entry == null && known.status !== status) return false;
  if (known.entry !== null && report.entry != null && known.entry > report.entry) return false;
  const unchanged = Object.entries(facts).every(
    ([name, value]) => name === "decidedAt" || same(known[name as keyof typeof known], value),
  );
  if (unchanged) return false;
  await tx.command.update({ where: key, data: facts });
  return true;
}

function isDecided(before: string, after: string): boolean {
  return FINAL.includes(before) && (before !== "withdrawn" || after === "open");
}

function same(stored: unknown, value: unknown): boolean {
  return (typeof stored === "bigint" ? Number(stored) : stored) === value;
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: Value });
}
