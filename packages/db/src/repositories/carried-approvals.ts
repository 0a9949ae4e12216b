import type { Prisma } from "../generated/client.ts";
import { notifyEvent, notifyMailbox } from "../notify.ts";
import { secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import { type AnswerSpace, envelopeCharacters } from "./answer-space.ts";

/** What a key server says of a decision that was carried to it. */
export const CARRIED_OUTCOMES = ["applied", "scheduled", "pending", "refused", "cancelled", "expired"] as const;

/** What decisions are made on: commands, and changes of administrators and rules. */
export const CARRIED_KINDS = ["command", "change"] as const;
type CarriedKind = (typeof CARRIED_KINDS)[number];

/** One decision over one command or change, as it is carried. */
export interface GivenApproval {
  readonly id: string;
  readonly hash: string;
  readonly kind: CarriedKind;
  /** The signed decision, with the whole list that it was made over. */
  readonly approval: object;
}

/** How long a decision is offered to key servers, in milliseconds. */
const LIFE_MS = 3_600_000;
/** One that was taken and not answered is offered again after this. */
const REOFFER_MS = 30_000;
/** How long what became of one is kept, in milliseconds; the custody log keeps it for ever. */
const KEPT_MS = 30 * 24 * 3_600_000;
const MOST_IN_MAIL = 20;

/** Puts decisions into the mailbox and wakes the key servers. One that is there already stays as it is; old ones go. */
export async function carryApprovals(
  tx: TenantClient,
  scope: Scope,
  { approvals, givenBy }: { readonly approvals: readonly GivenApproval[]; readonly givenBy: string },
  now = new Date(),
): Promise<void> {
  await tx.carriedApproval.deleteMany({ where: { ...scope, givenAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
  const data = approvals.map(({ id, hash, kind, approval }, place) => {
    return { ...scope, id, hash, kind, place, givenBy, approval: approval as Prisma.InputJsonValue };
  });
  await tx.carriedApproval.createMany({ data, skipDuplicates: true });
  await notifyMailbox(tx, scope);
}

/** How many decisions are on their way. */
export function countCarried(tx: TenantClient, scope: Scope): Promise<number> {
  return tx.carriedApproval.count({ where: { ...scope, ...onTheirWay() } });
}

/** What became of decisions, in the order of their touches. */
export async function listCarried(tx: TenantClient, scope: Scope, ids: readonly string[]) {
  const rows = await tx.carriedApproval.findMany({
    where: { ...scope, id: { in: [...ids] } },
    orderBy: [{ givenAt: "asc" }, { place: "asc" }],
  });
  const oldest = Date.now() - LIFE_MS;
  return rows.map(({ id, hash, kind, takenAt, outcome, code, givenAt }) => {
    const over = outcome === null && givenAt.getTime() <= oldest;
    return { id, hash, kind, taken: takenAt !== null, over, outcome, code, givenAt: secondsOf(givenAt) };
  });
}

/** What the mailbox has of a hash; null for what it does not know. */
export async function findDecidable(tx: TenantClient, scope: Scope, hash: string): Promise<CarriedKind | null> {
  const key = { tenantId_environmentId_hash: { ...scope, hash } };
  if ((await tx.command.findUnique({ where: key, select: { hash: true } })) !== null) return "command";
  return (await tx.rosterProposal.findUnique({ where: key, select: { hash: true } })) === null ? null : "change";
}

/** Takes the decisions that wait, each with the bytes of what it decides on, and marks them as handed out. */
export async function takeCarried(
  tx: TenantClient,
  scope: Scope,
  space: AnswerSpace,
): Promise<
  readonly { readonly id: string; readonly kind: string; readonly doc: string; readonly approval: unknown }[]
> {
  const takenAt = new Date();
  const found = await tx.carriedApproval.findMany({
    where: {
      ...scope,
      ...onTheirWay(),
      OR: [{ takenAt: null }, { takenAt: { lt: new Date(takenAt.getTime() - REOFFER_MS) } }],
    },
    orderBy: [{ givenAt: "asc" }, { place: "asc" }],
    take: MOST_IN_MAIL,
  });
  const of = { where: { ...scope, hash: { in: found.map(({ hash }) => hash) } }, select: { hash: true, doc: true } };
  const rows = [...(await tx.command.findMany(of)), ...(await tx.rosterProposal.findMany(of))];
  const docs = new Map(rows.map(({ hash, doc }) => [hash, doc]));
  const mail = space.take(
    found.map(({ id, hash, kind, approval }) => ({ id, kind, approval, doc: docs.get(hash) ?? "" })),
    ({ doc, approval }) => envelopeCharacters(doc, JSON.stringify(approval)),
  );
  if (mail.length > 0)
    await tx.carriedApproval.updateMany({
      where: { ...scope, id: { in: mail.map(({ id }) => id) } },
      data: { takenAt },
    });
  return mail;
}

/** Notes what a key server said of a decision, once. @returns whether anything changed */
export async function answerCarried(
  tx: TenantClient,
  scope: Scope,
  { id, outcome, code }: { readonly id: string; readonly outcome: string; readonly code: string | null },
): Promise<boolean> {
  const answered = await tx.carriedApproval.updateMany({
    where: { ...scope, id, answeredAt: null },
    data: { answeredAt: new Date(), outcome, code },
  });
  if (answered.count > 0) for (const kind of ["command", "roster"] as const) await notifyEvent(tx, scope, kind);
  return answered.count > 0;
}

function onTheirWay() {
  return { answeredAt: null, givenAt: { gt: new Date(Date.now() - LIFE_MS) } };
}
